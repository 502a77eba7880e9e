//! Ordering ids of the same millisecond.

use std::sync::atomic::{AtomicU32, Ordering};

use uuid::ClockSequence;

/// The bits of an id before the random ones: the microseconds within the millisecond, then a counter (RFC 9562 §6.2,
/// methods 3 and 1). The counter wraps after 2²⁴ ids.
pub(super) struct Sequence;

static MADE: AtomicU32 = AtomicU32::new(0);

impl ClockSequence for Sequence {
    type Output = u64;

    fn generate_sequence(&self, _seconds: u64, subsec_nanos: u32) -> u64 {
        let count = MADE.fetch_add(1, Ordering::Relaxed) & 0x00FF_FFFF;
        u64::from(subsec_nanos % 1_000_000 / 1_000) << 24 | u64::from(count)
    }

    fn usable_bits(&self) -> usize {
        34
    }
}
