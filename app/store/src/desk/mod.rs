//! Queries of the activation desk, for a whole batch at a time: one statement per table.
//!
//! Lists of keys are padded to a power of two and rows are written in pieces of 28 sizes, so that the databases see few
//! different statements and keep them prepared.

mod activations;
mod batch_rows;
mod devices;
mod licenses;
mod seat_counts;
mod seats;

pub use batch_rows::BatchRows;
pub use devices::{Authorization, Block, HeldSeat, TrialRow};
pub use licenses::{DeskLicense, LicenseKeys};
pub use seats::{HeldSeats, LapsedSeat};

/// Splits rows into pieces of few sizes, largest first: 45 = 40 + 5. A size is 1 to 7, or 4 to 7 times a power of two, and
/// at most 256.
pub(crate) fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let most = rows.len().min(256);
        let step = 1_usize << most.checked_ilog2()?.saturating_sub(2);
        let size = most / step * step;
        let (piece, rest) = rows.split_at_checked(size)?;
        rows = rest;
        Some(piece)
    })
}

/// Repeats the last key up to the next power of two.
pub(crate) fn padded<T>(keys: &[T]) -> impl Iterator<Item = &T> {
    let more = keys.len().next_power_of_two() - keys.len();
    keys.iter().chain(keys.last().into_iter().cycle().take(more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_split_into_few_pieces_of_few_sizes() {
        let sizes = |rows: usize| pieces(&vec![(); rows]).map(<[()]>::len).collect::<Vec<_>>();
        assert_eq!(sizes(0), [0; 0]);
        assert_eq!(sizes(7), [7]);
        assert_eq!(sizes(45), [40, 5]);
        assert_eq!(sizes(600), [256, 256, 80, 8]);
        let mut all: Vec<usize> = (0..=1_000).flat_map(sizes).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 28);
    }
}
