//! IP networks, such as `10.0.0.0/8`.

use std::net::{IpAddr, Ipv6Addr};

/// Network or single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: u128,
    mask: u128,
}

/// Error for a text that is not a network. The message ends a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is neither an address nor a network such as 10.0.0.0/8")]
pub struct NetworkError(String);

impl Network {
    /// Reads an address, or an address with a prefix length.
    ///
    /// # Errors
    /// Returns an error for any other text.
    pub fn read(text: &str) -> Result<Self, NetworkError> {
        let wrong = || NetworkError(text.to_owned());
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(width), str::parse).ok().filter(|prefix| *prefix <= width).ok_or_else(wrong)?;
        let mask = u128::MAX.checked_shl(width - prefix).unwrap_or(0);
        Ok(Self { base: bits(address) & mask, mask })
    }

    /// Returns `true` if the network contains the address. An IPv4-mapped IPv6 address counts as its IPv4 address.
    pub fn holds(&self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.base
    }

    /// Returns what counts as one visitor: an IPv4 address, or the /64 network of an IPv6 address, since every
    /// household gets at least one.
    pub fn of_visitor(address: IpAddr) -> IpAddr {
        match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
            v4 => v4,
        }
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}
