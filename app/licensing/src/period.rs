//! Lengths of time that begin at a known day, and so may have calendar months.

use std::fmt;

use chrono::{DateTime, Months, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Span,
    span::{LAST_MOMENT, SpanError},
};

/// Length of time from a known day on: what a license lasts, or what it is extended by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub enum Period {
    /// Calendar months. One month after 31 January is the last day of February.
    Months(u32),
    /// A fixed length of time.
    Span(Span),
}

/// The stored forms: a number of seconds, or an object.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Seconds(Span),
    Months {
        months: u32,
    },
    /// Of earlier versions, in the inputs of jobs.
    Span {
        span: Span,
    },
}

impl From<Stored> for Period {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Months { months } => Self::Months(months),
            Stored::Seconds(span) | Stored::Span { span } => Self::Span(span),
        }
    }
}

impl From<Period> for Stored {
    fn from(period: Period) -> Self {
        match period {
            Period::Months(months) => Self::Months { months },
            Period::Span(span) => Self::Seconds(span),
        }
    }
}

impl From<Span> for Period {
    fn from(span: Span) -> Self {
        Self::Span(span)
    }
}

impl Period {
    /// One calendar year.
    pub const YEAR: Self = Self::Months(12);

    /// Reads a [`Span`], or an ISO 8601 duration in years and months, such as `P1Y` or `P6M`.
    ///
    /// # Errors
    /// Those of [`Span::read`].
    pub fn read(text: &str) -> Result<Self, SpanError> {
        match Span::read(text) {
            Err(SpanError::Calendar) => months(text).map(Self::Months),
            read => read.map(Self::Span),
        }
    }

    /// Returns the time this long after `at`, at most [`LAST_MOMENT`].
    pub fn after(self, at: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Months(n) => at.checked_add_months(Months::new(n)).map_or(LAST_MOMENT, |end| end.min(LAST_MOMENT)),
            Self::Span(span) => span.after(at),
        }
    }

    /// Returns `true` if this may end before `other`, depending on when they begin.
    pub fn may_be_shorter_than(self, other: Self) -> bool {
        match (self, other) {
            (Self::Months(this), Self::Months(other)) => this < other,
            _ => self.bounds().0 < other.bounds().1,
        }
    }

    /// The shortest and the longest that it can be, in seconds, or a little beyond.
    fn bounds(self) -> (u64, u64) {
        match self {
            Self::Span(span) => (span.as_seconds(), span.as_seconds()),
            Self::Months(n) => {
                let (years, rest) = (u64::from(n / 12), u64::from(n % 12));
                let least = 365 * years + (30 * rest).saturating_sub(2);
                (Span::days(least).as_seconds(), Span::days(366 * years + 31 * rest).as_seconds())
            }
        }
    }
}

/// Reads the years and months of a duration that has nothing else.
fn months(text: &str) -> Result<u32, SpanError> {
    let text = text.trim().to_ascii_uppercase();
    let mut rest = text.strip_prefix('P').ok_or(SpanError::Unreadable)?;
    let mut months = 0_u32;
    for (unit, length) in [('Y', 12), ('M', 1)] {
        if let Some((number, after)) = rest.split_once(unit) {
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(SpanError::Mixed);
            }
            let number = number.parse::<u32>().ok().and_then(|number| number.checked_mul(length));
            months = number.and_then(|more| months.checked_add(more)).ok_or(SpanError::TooLong)?;
            rest = after;
        }
    }
    match (rest, months) {
        ("", 0) => Err(SpanError::Zero),
        ("", months) => Ok(months),
        _ => Err(SpanError::Mixed),
    }
}

/// In words: `1 year`, `6 months`, `30 days`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self {
            Self::Span(span) => return span.fmt(f),
            Self::Months(n) if *n > 0 && n.is_multiple_of(12) => (n / 12, "year"),
            Self::Months(n) => (*n, "month"),
        };
        write!(f, "{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}
