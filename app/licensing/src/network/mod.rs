//! IP networks, such as `10.0.0.0/8`.

mod global;

use std::net::IpAddr;

use ipnet::IpNet;

pub use global::is_global;

/// Network or single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

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
        parse(text).map(|net| Self(net.trunc())).ok_or_else(|| NetworkError(text.to_owned()))
    }

    /// Returns `true` if the network contains the address. An IPv4-mapped IPv6 address counts as its IPv4 address.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.0, address.to_canonical()) {
            (IpNet::V6(net), IpAddr::V4(v4)) => net.contains(&v4.to_ipv6_mapped()),
            (net, address) => net.contains(&address),
        }
    }

    /// Returns what counts as one visitor: an IPv4 address, or the /64 network of an IPv6 address, since every
    /// household gets at least one.
    pub fn of_visitor(address: IpAddr) -> IpAddr {
        let address = address.to_canonical();
        let prefix = if address.is_ipv4() { 32 } else { 64 };
        IpNet::new(address, prefix).map_or(address, |net| net.network())
    }
}

fn parse(text: &str) -> Option<IpNet> {
    // `IpNet` itself would read 010.0.0.0/8 as 10.0.0.0/8, though to other programs the 010 is an octal 8.
    match text.split_once('/') {
        Some((address, prefix)) => IpNet::new(address.parse().ok()?, prefix.parse().ok()?).ok(),
        None => text.parse().ok().map(|address: IpAddr| address.into()),
    }
}
