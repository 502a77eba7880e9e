//! What a device that is never online says on paper: a request to be activated, and the proof that it has deleted its
//! token. Both formats are documented in `docs/offline.md`. Here is what needs no cryptography: the block that survives
//! mail, the members, and how old a paper may be. Signatures are checked in `service`.

pub mod armor;
mod members;
mod release;
mod request;

use chrono::{DateTime, TimeDelta, Utc};

pub use members::{Members, nonce};
pub use release::OfflineRelease;
pub use request::OfflineRequest;

use crate::{Invalid, Span, sentence::moment};

/// How old a paper may be when it arrives, unless the settings say otherwise.
pub const LONGEST_WAY: Span = Span::days(30);
/// How far a device's clock may be ahead: a clock that nobody sets is off, and one in another time zone by up to 14 hours.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// Whether a paper of that moment is neither older than `longest` nor from the future.
///
/// # Errors
/// The member `iat`, and what to do.
pub fn check_age(made_at: DateTime<Utc>, now: DateTime<Utc>, longest: Span) -> Result<(), Invalid> {
    if longest.after(made_at) <= now {
        let made = moment(made_at);
        return Err(Invalid::one(
            "iat",
            format!(
                "says that it was made on {made}, more than {longest} ago: make a new one on the device, or set its clock \
                 first if that is wrong; the vendor’s staff can also take it as it is"
            ),
        ));
    }
    if made_at - now > AHEAD {
        let made = moment(made_at);
        return Err(Invalid::one(
            "iat",
            format!(
                "says that it was made on {made}, which is still to come: set the device's clock, and make a new one; \
                 the vendor’s staff can also take it as it is"
            ),
        ));
    }
    Ok(())
}
