//! Extending a license: its new end.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Period, Span, license::has_ended, sentence, span::LAST_MOMENT};

/// The new end of a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extension {
    /// This time.
    Until(DateTime<Utc>),
    /// This many calendar months after the present end, or after now if the license has ended.
    Months(u32),
    /// This long after the present end, or after now if the license has ended.
    By(Span),
    /// This long after now.
    FromNow(Period),
}

impl From<Period> for Extension {
    /// Extends from the present end, or from now if the license has ended.
    fn from(period: Period) -> Self {
        match period {
            Period::Months(n) => Self::Months(n),
            Period::Span(span) => Self::By(span),
        }
    }
}

/// Error for an extension that is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionError {
    /// The license has no end, or none yet.
    #[error("This license has no end date, so it cannot be extended.")]
    Endless,
    /// The new end would not be later than the present one.
    #[error("must be after the present end, {}", sentence::day(*.0))]
    NotLater(DateTime<Utc>),
    /// The new end has passed already.
    #[error("must be in the future")]
    Past,
    /// The new end is after the year 9999.
    #[error("is too far in the future")]
    TooFar,
}

/// Returns the end of a license after an extension at `now`.
///
/// # Errors
/// Returns an error if the license has no end, or if the new end is not later than the present one and now.
pub fn extended(
    ends_at: Option<DateTime<Utc>>,
    extension: Extension,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, ExtensionError> {
    let end = ends_at.ok_or(ExtensionError::Endless)?;
    let from = if has_ended(ends_at, now) { now } else { end };
    let new = match extension {
        Extension::Until(at) => at,
        Extension::Months(n) => Period::Months(n).after(from),
        Extension::By(span) => span.after(from),
        Extension::FromNow(period) => period.after(now),
    };
    match new {
        new if new >= LAST_MOMENT => Err(ExtensionError::TooFar),
        new if new <= end => Err(ExtensionError::NotLater(end)),
        new if has_ended(Some(new), now) => Err(ExtensionError::Past),
        new => Ok(new),
    }
}
