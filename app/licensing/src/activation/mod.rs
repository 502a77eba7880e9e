//! The activation decision: may this device run under this license now?

mod case;
mod check_in;
mod explain;
mod facts;
mod grant;
mod judge;
mod kept;
mod request;
mod rules;
mod saw;
mod session;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use check_in::{CheckIn, check_in};
pub use explain::{Step, explain};
pub use facts::{BlockScope, DeviceFacts, Facts, LicenseFacts, SeatCount};
pub use grant::{Grant, Seating, Snapshot, is_repeat};
pub use judge::Verdict;
pub use kept::Kept;
pub use request::{Person, Purpose, Request};
pub use rules::Rule;
pub use session::SessionState;

use crate::{Refusal, Span};
use case::Case;

/// Tolerated error of a device's clock. Tokens are valid from this long before they are issued, and a seat is held this
/// long after the last token ends.
pub const SKEW: Span = Span::minutes(5);

/// Refusal, with the rule that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// First rule, in order, that failed.
    pub rule: Rule,
    /// Reason.
    pub refusal: Refusal,
}

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
