//! The activation decision: may this device run under this license now?

mod case;
mod check_in;
mod explain;
mod facts;
mod grant;
mod judge;
mod kept;
mod refused;
mod request;
mod rules;
mod saw;
mod session;
mod skew;
mod snapshot;

use chrono::{DateTime, Utc};

pub use check_in::{CheckIn, check_in};
pub use explain::{Step, explain};
pub use facts::{DeviceFacts, Facts, LicenseFacts, SeatCount};
pub use grant::{Grant, Seating, is_repeat};
pub use judge::Verdict;
pub use kept::Kept;
pub use refused::Refused;
pub use request::{Person, Purpose, Request};
pub use rules::Rule;
pub use session::SessionState;
pub use skew::SKEW;
pub use snapshot::Snapshot;

pub use crate::block::BlockScope;
use case::Case;

/// Decides a request. The first rule that fails refuses it; if none does, it is granted.
///
/// # Errors
/// Returns the refusal and the rule that made it.
pub fn decide(facts: Facts<'_>, request: &Request, now: DateTime<Utc>) -> Result<Grant, Refused> {
    let case = Case::of(facts, request, now)?;
    for (rule, verdict) in case.walk() {
        if let Verdict::Failed(refusal) = verdict {
            return Err(Refused { rule, refusal });
        }
    }
    Ok(Grant::new(&case))
}
