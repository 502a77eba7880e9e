//! Offline requests and releases of devices without a network: the request to be activated, and the proof that the
//! token was deleted. Both formats are documented in `docs/offline.md`. This module holds what needs no cryptography:
//! the text block that survives mail, the members, and the maximum age. Signatures are verified in `service`.

pub mod armor;
mod members;
mod release;
mod request;

use chrono::{DateTime, TimeDelta, Utc};

pub use members::{Members, nonce};
pub use release::OfflineRelease;
pub use request::OfflineRequest;

use crate::{Invalid, Span, sentence::moment};

/// Maximum age of an offline request or release when it arrives, unless configured otherwise.
pub const MAX_AGE: Span = Span::days(30);
/// Tolerated lead of a device's clock: a clock that is never set drifts, and one in another time zone is up to 14 hours
/// off.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// Checks that an offline request or release made at `made_at` is younger than `longest`, and not from the future.
///
/// # Errors
/// Returns an error for the member `iat` that says what to do.
pub fn check_age(made_at: DateTime<Utc>, now: DateTime<Utc>, longest: Span) -> Result<(), Invalid> {
    if longest.after(made_at) <= now {
        let made = moment(made_at);
        return Err(Invalid::one(
            "iat",
            format!(
                "says that it was made on {made}, more than {longest} ago: make a new one on the device, or set its clock \
                 first if that is wrong; the vendor’s staff can also accept it as it is"
            ),
        ));
    }
    if made_at - now > AHEAD {
        let made = moment(made_at);
        return Err(Invalid::one(
            "iat",
            format!(
                "says that it was made on {made}, which is in the future: set the device's clock, and make a new one; \
                 the vendor’s staff can also accept it as it is"
            ),
        ));
    }
    Ok(())
}
