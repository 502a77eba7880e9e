//! The decision: may this device run under this license now?

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

/// How much a device's clock may be off: tokens begin this much early, and seats are held this much longer than the
/// last token.
pub const SKEW: Span = Span::minutes(5);

/// A refusal, and the rule that decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The first rule, from the top, that said no.
    pub rule: Rule,
    /// Why.
    pub refusal: Refusal,
}

/// Decides: every rule from the top; the first that says no is the answer, else a grant.
///
/// # Errors
/// The refusal and the rule that made it.
pub fn decide(facts: Facts<'_>, request: &Request, now: DateTime<Utc>) -> Result<Grant, Refused> {
    let case = Case::of(facts, request, now)?;
    for (rule, verdict) in case.walk() {
        if let Verdict::Failed(refusal) = verdict {
            return Err(Refused { rule, refusal });
        }
    }
    Ok(Grant::new(&case))
}
