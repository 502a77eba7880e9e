//! Extending a license: its new end.

use chrono::{DateTime, Months, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Span,
    license::has_ended,
    sentence,
    span::{LAST_MOMENT, SpanError},
};

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

/// Length of an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// Calendar months.
    Months(u32),
    /// A fixed length of time.
    Span(Span),
}

impl Period {
    /// Reads a [`Span`], or an ISO 8601 duration in years and months, such as `P1Y` or `P6M`. An extension begins at a known
    /// day, so unlike elsewhere, their length is known.
    ///
    /// # Errors
    /// Those of [`Span::read`].
    pub fn read(text: &str) -> Result<Self, SpanError> {
        match Span::read(text) {
            Err(SpanError::Calendar) => months(text).map(Self::Months).ok_or(SpanError::Calendar),
            read => read.map(Self::Span),
        }
    }

    fn after(self, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Months(n) => from.checked_add_months(Months::new(n)),
            Self::Span(span) => Some(span.after(from)),
        }
    }
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

/// Reads the years and months of a duration that has nothing else. `None` if it has, or if it is zero.
fn months(text: &str) -> Option<u32> {
    let text = text.trim().to_ascii_uppercase();
    let mut rest = text.strip_prefix('P')?;
    let mut months = 0_u32;
    for (unit, length) in [('Y', 12), ('M', 1)] {
        if let Some((number, after)) = rest.split_once(unit) {
            let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            let number: u32 = number.parse().ok().filter(|_| is_number)?;
            months = number.checked_mul(length).and_then(|more| months.checked_add(more))?;
            rest = after;
        }
    }
    (rest.is_empty() && months > 0).then_some(months)
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
        Extension::Months(n) => Period::Months(n).after(from).ok_or(ExtensionError::TooFar)?,
        Extension::By(span) => span.after(from),
        Extension::FromNow(period) => period.after(now).ok_or(ExtensionError::TooFar)?,
    };
    match new {
        new if new >= LAST_MOMENT => Err(ExtensionError::TooFar),
        new if new <= end => Err(ExtensionError::NotLater(end)),
        new if has_ended(Some(new), now) => Err(ExtensionError::Past),
        new => Ok(new),
    }
}
