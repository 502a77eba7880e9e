//! Counts, as pages need them.

/// A count as the page needs it; negative numbers become 0.
pub(crate) fn counted(n: impl TryInto<u64>) -> u64 {
    n.try_into().unwrap_or_default()
}
