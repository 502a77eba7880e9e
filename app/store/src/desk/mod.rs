//! Queries of the activation desk, for a whole batch at a time: one statement per table.
//!
//! Lists of keys are padded to a power of two and rows are written in powers of two, so that the databases see few
//! different statements and keep them prepared.

mod activations;
mod devices;
mod licenses;
mod seats;

pub use activations::DeskActivation;
pub use devices::{Authorization, Block, HeldSeat, TrialRow};
pub use licenses::{DeskLicense, LicenseKeys};
pub use seats::{HeldSeats, LapsedSeat};

/// Splits rows into pieces of a power of two, at most 256, largest first: 45 = 32 + 8 + 4 + 1.
pub(crate) fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = if rows.is_empty() { return None } else { 1_usize << rows.len().ilog2().min(8) };
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
