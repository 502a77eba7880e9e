//! The draft's own test vectors and sizes.

use std::io::Read as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::read::ZlibDecoder;

use super::*;

/// Decodes the array from an `lst`.
fn read(lst: &str) -> Vec<u8> {
    inflate(&URL_SAFE_NO_PAD.decode(lst).unwrap())
}

fn inflate(zlib: &[u8]) -> Vec<u8> {
    let mut bytes = vec![];
    ZlibDecoder::new(zlib).read_to_end(&mut bytes).unwrap();
    bytes
}

fn statuses(bits: u8, size: usize, values: impl IntoIterator<Item = (usize, u8)>) -> Statuses {
    let mut statuses = Statuses::new(bits, size);
    values.into_iter().for_each(|(place, value)| statuses.put(place, value));
    statuses
}

/// Both examples of §4.1: the array, and its compressed form from another implementation.
#[test]
fn the_short_vectors_of_the_draft_match() {
    let one = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
    let packed = statuses(1, 16, one.into_iter().enumerate());
    assert_eq!(packed.bytes, [0xb9, 0xa3]);
    assert_eq!(read("eNrbuRgAAhcBXQ"), packed.bytes);

    let two = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3];
    let packed = statuses(2, 12, two.into_iter().enumerate());
    assert_eq!(packed.bytes, [0xc9, 0x44, 0xf9]);
    assert_eq!(read("eNo76fITAAPfAgc"), packed.bytes);
    assert_eq!(inflate(&packed.compressed().unwrap()), packed.bytes);
}

const PLACES: [usize; 11] = [0, 1993, 25460, 159_495, 495_669, 554_353, 645_645, 723_232, 854_545, 934_534, 1_000_345];

/// Appendix "Test vectors": 2^20 places of one bit.
#[test]
fn the_one_bit_vector_of_the_draft_matches() {
    let lst = "eNrt3AENwCAMAEGogklACtKQPg9LugC9k_ACvreiogEAAKkeCQAAAAAAAAAAAAAAAAAAAIBylgQAAAAAAAAAAAAAAAAAAAAAAAAA\
               AAAAAAAAAAAAAAAAAAAAAAAAAAAAXG9IAAAAAAAAAPwsJAAAAAAAAAAAAAAAvhsSAAAAAAAAAAAA7KpLAAAAAAAAAAAAAAAAAAAA\
               AJsLCQAAAAAAAAAAADjelAAAAAAAAAAAKjDMAQAAAACAZC8L2AEb";
    let packed = statuses(1, 1 << 20, PLACES.map(|place| (place, 1)));
    assert_eq!(read(lst), packed.bytes);
    assert_eq!(inflate(&packed.compressed().unwrap()), packed.bytes);
}

/// The same with two bits.
#[test]
fn the_two_bit_vector_of_the_draft_matches() {
    let lst = "eNrt2zENACEQAEEuoaBABP5VIO01fCjIHTMStt9ovGVIAAAAAABAbiEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEB5\
               WwIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
               AAAAAAAAAID0ugQAAAAAAAAAAAAAAAAAQG12SgAAAAAAAAAAAAAAAAAAAAAAAAAAAOCSIQEAAAAAAAAAAAAAAAAAAAAAAAD8ExIA\
               AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAwJEuAQAAAAAAAAAAAAAAAAAAAAAAAMB9SwIAAAAAAAAAAAAAAAAAAACoYUoA\
               AAAAAAAAAAAAAEBqH81gAQw";
    let values = [1, 2, 1, 3, 1, 1, 2, 1, 1, 2, 3];
    let packed = statuses(2, 1 << 20, PLACES.into_iter().zip(values));
    assert_eq!(read(lst), packed.bytes);
    assert_eq!(inflate(&packed.compressed().unwrap()), packed.bytes);
}

/// Appendix "Size Comparison": KiB for this many places, of which this share is invalid at random. The draft's table
/// has one bit per status; ours has two.
#[test]
fn a_list_is_at_most_a_tenth_larger_than_in_the_table_of_the_draft() {
    // A simple generator (constants from Numerical Recipes), so that every run uses the same places.
    let mut state = 42_u64;
    let mut percent = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 100
    };
    for (size, share, kib) in [(100_000, 1, 1.4), (1_000_000, 1, 13.7), (1_000_000, 2, 23.0)] {
        let mut statuses = Statuses::new(2, size);
        for place in 0..size {
            if percent() < share {
                statuses.set(place, TokenStatus::Invalid);
            }
        }
        let length = statuses.compressed().unwrap().len();
        let found = f64::from(u32::try_from(length).unwrap()) / 1024.0;
        assert!(found <= kib * 1.1, "{size} places, {share} %: {found} KiB, not {kib}");
        assert!(found >= kib * 0.9, "{size} places, {share} %: {found} KiB is implausibly small");
    }
}

#[test]
fn an_invalid_status_is_final_and_an_index_beyond_the_end_is_refused() {
    let mut statuses = Statuses::new(2, 8);
    statuses.set(3, TokenStatus::Suspended);
    assert_eq!(statuses.get(3), Some(2));
    statuses.set(3, TokenStatus::Invalid);
    statuses.set(3, TokenStatus::Suspended);
    assert_eq!((statuses.get(3), statuses.get(2), statuses.get(4)), (Some(1), Some(0), Some(0)));
    statuses.set(8, TokenStatus::Invalid);
    assert_eq!(statuses.get(8), None);
}
