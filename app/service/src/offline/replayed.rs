//! The error for an offline file that was used before.

/// The error for an offline request or release that was used before.
pub(crate) const REPLAYED: &str = "was used before (replayed), and each file can be used only once: if the response was \
                                   lost, ask your vendor to write it again, or make a new file on the device";
