//! The array of statuses, and its compressed form (draft-ietf-oauth-status-list-20 §4.1).

use std::io::{self, Write as _};

use flate2::{Compression, write::ZlibEncoder};
use store::status::TokenStatus;

/// The level of compression: one more than zlib has, as zlib's own best makes lists that are a tenth larger.
const SMALLEST: u32 = 10;

/// So many statuses of so many bits each, all of them `VALID` at first.
pub(super) struct Statuses {
    bits: u8,
    bytes: Vec<u8>,
}

impl Statuses {
    /// `bits` is 1, 2, 4 or 8; `size` a multiple of 8, so that no byte is left half empty.
    pub(super) fn new(bits: u8, size: usize) -> Self {
        Self { bits, bytes: vec![0; size / per_byte(bits)] }
    }

    /// Sets the status of a place. What is over for good stays so. A place beyond the end is none.
    pub(super) fn set(&mut self, place: usize, status: TokenStatus) {
        let value = match status {
            TokenStatus::Invalid => 0x01,
            TokenStatus::Suspended => 0x02,
        };
        if self.get(place) != Some(0x01) {
            self.put(place, value);
        }
    }

    fn get(&self, place: usize) -> Option<u8> {
        let (byte, shift, mask) = self.find(place);
        self.bytes.get(byte).map(|byte| byte >> shift & mask)
    }

    fn put(&mut self, place: usize, value: u8) {
        let (byte, shift, mask) = self.find(place);
        if let Some(byte) = self.bytes.get_mut(byte) {
            *byte = *byte & !(mask << shift) | (value & mask) << shift;
        }
    }

    /// The byte of a place, how far its bits stand from the least significant one, and as many ones as it has bits.
    fn find(&self, place: usize) -> (usize, usize, u8) {
        let per_byte = per_byte(self.bits);
        (place / per_byte, place % per_byte * usize::from(self.bits), u8::MAX >> (8 - self.bits))
    }

    /// The array in the ZLIB format (RFC 1950), as small as it gets: it is read far more often than it is made.
    pub(super) fn compressed(&self) -> io::Result<Vec<u8>> {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::new(SMALLEST));
        zlib.write_all(&self.bytes)?;
        zlib.finish()
    }
}

/// How many statuses of so many bits a byte holds.
fn per_byte(bits: u8) -> usize {
    usize::from(8 / bits)
}

#[cfg(test)]
mod tests;
