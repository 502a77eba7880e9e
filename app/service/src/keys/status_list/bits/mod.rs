//! The array of statuses, and its compressed form (draft-ietf-oauth-status-list-20 §4.1).

use std::io::{self, Write as _};

use flate2::{Compression, write::ZlibEncoder};
use store::status::TokenStatus;

/// Compression level: one above zlib's maximum, whose lists are a tenth larger.
const SMALLEST: u32 = 10;

/// An array of statuses, initially all `VALID`.
pub(super) struct Statuses {
    bits: u8,
    bytes: Vec<u8>,
}

impl Statuses {
    /// Creates the array. `bits` is 1, 2, 4 or 8; `size` is a multiple of 8, so that no byte is partly used.
    pub(super) fn new(bits: u8, size: usize) -> Self {
        Self { bits, bytes: vec![0; size / per_byte(bits)] }
    }

    /// Sets the status of a place. An invalid place stays invalid. Ignores places beyond the end.
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

    /// Returns the index of a place's byte, the shift of its bits, and a mask of that many ones.
    fn find(&self, place: usize) -> (usize, usize, u8) {
        let per_byte = per_byte(self.bits);
        (place / per_byte, place % per_byte * usize::from(self.bits), u8::MAX >> (8 - self.bits))
    }

    /// Returns the array in the ZLIB format (RFC 1950), as small as possible, because it is read far more often than
    /// built.
    pub(super) fn compressed(&self) -> io::Result<Vec<u8>> {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::new(SMALLEST));
        zlib.write_all(&self.bytes)?;
        zlib.finish()
    }
}

/// Number of statuses with this many bits in a byte.
fn per_byte(bits: u8) -> usize {
    usize::from(8 / bits)
}

#[cfg(test)]
mod tests;
