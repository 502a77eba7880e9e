//! Lengths of time, in policies and in requests.
//!
//! Clients send the forms of .NET's `TimeSpan` and of ISO 8601; crates such as `humantime` read neither.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Length of time in whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(u64);

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Longest span that is read, in seconds: the longest of .NET's `TimeSpan`, 10675199.02:48:05.
const LONGEST: u64 = 10_675_199 * DAY + 2 * HOUR + 48 * MINUTE + 5;
/// Maximum length of a span's text, in characters.
const LONGEST_TEXT: usize = 64;

/// Last supported time: the end of the year 9999. JWT libraries disagree about later times, and times stored as text
/// would no longer sort.
pub const LAST_MOMENT: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(moment) => moment,
    None => DateTime::<Utc>::MAX_UTC,
};

/// Error for a text that is not a date-span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// Not in any of the forms that [`Span::read`] accepts.
    #[error(
        "write a length of time such as \"30\" (days), \"30.00:00:00\", \"08:00\" (hours and minutes), \"P30D\" or \"PT8H\""
    )]
    Unreadable,
    /// Negative.
    #[error("must be more than zero")]
    Negative,
    /// Zero, or less than a second.
    #[error("must be at least one second")]
    Zero,
    /// Longer than 10675199.02:48:05.
    #[error("is longer than 10675199 days, the maximum")]
    TooLong,
    /// `24:00:00` and the like: some readers take it for 24 hours, some for 24 days.
    #[error("hours go up to 23: write \"1.00:00:00\" for 24 hours, or \"24.00:00:00\" for 24 days")]
    HoursPast23,
    /// ISO 8601 years or months, whose length depends on the calendar.
    #[error("years and months differ in length: write days, such as \"P30D\" or \"P365D\"")]
    Calendar,
    /// Years or months together with other units, where they are accepted alone ([`Period`](crate::Period)).
    #[error(
        "must be whole years and months, or days and smaller units, but not both: write P1Y, P1Y6M or P30D, for example"
    )]
    Mixed,
}

impl Span {
    /// Zero length.
    pub const ZERO: Self = Self(0);

    /// Creates a span of `n` seconds.
    pub const fn seconds(n: u64) -> Self {
        Self(n)
    }
    /// Creates a span of `n` minutes.
    pub const fn minutes(n: u64) -> Self {
        Self(n.saturating_mul(MINUTE))
    }
    /// Creates a span of `n` hours.
    pub const fn hours(n: u64) -> Self {
        Self(n.saturating_mul(HOUR))
    }
    /// Creates a span of `n` days of 24 hours.
    pub const fn days(n: u64) -> Self {
        Self(n.saturating_mul(DAY))
    }
    /// Length in seconds.
    pub const fn as_seconds(self) -> u64 {
        self.0
    }

    /// Returns the time this long before `at`, or `at` itself if that is out of range.
    pub fn before(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let earlier = i64::try_from(self.0).ok().and_then(TimeDelta::try_seconds);
        earlier.and_then(|d| at.checked_sub_signed(d)).unwrap_or(at)
    }

    /// Returns the time this long after `at`, at most [`LAST_MOMENT`].
    pub fn after(self, at: DateTime<Utc>) -> DateTime<Utc> {
        i64::try_from(self.0)
            .ok()
            .and_then(TimeDelta::try_seconds)
            .and_then(|d| at.checked_add_signed(d))
            .map_or(LAST_MOMENT, |moment| moment.min(LAST_MOMENT))
    }

    /// Returns the largest unit that divides the span, with its count: `(30, "days")`, `(90, "minutes")`. For forms.
    pub fn unit(self) -> (u64, &'static str) {
        match self.0 {
            0 => (0, "days"),
            n if n.is_multiple_of(DAY) => (n / DAY, "days"),
            n if n.is_multiple_of(HOUR) => (n / HOUR, "hours"),
            n if n.is_multiple_of(MINUTE) => (n / MINUTE, "minutes"),
            n => (n, "seconds"),
        }
    }

    /// Reads a *date-span* of at most 64 characters:
    ///
    /// - a bare integer: days (`30.0` is one too);
    /// - `[d.]hh:mm[:ss[.f…7]]`, the constant form of .NET's `TimeSpan` (fractions of a second are cut off);
    /// - an ISO 8601 duration in weeks, days, hours, minutes and seconds: `P30D`, `PT8H`, `P1DT12H`.
    ///
    /// Never zero, never negative, at most 10675199.02:48:05.
    pub fn read(text: &str) -> Result<Self, SpanError> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST_TEXT || !text.is_ascii() {
            return Err(SpanError::Unreadable);
        }
        if let Some(positive) = text.strip_prefix('-') {
            return Err(match Self::read(positive) {
                Err(SpanError::Zero) => SpanError::Zero,
                Err(SpanError::Unreadable | SpanError::Negative) => SpanError::Unreadable,
                Ok(_) | Err(SpanError::TooLong | SpanError::HoursPast23 | SpanError::Calendar | SpanError::Mixed) => {
                    SpanError::Negative
                }
            });
        }
        let seconds = if text.starts_with(['P', 'p']) {
            iso(text.get(1..).unwrap_or_default())?
        } else if text.contains(':') {
            dotnet(text)?
        } else {
            number(whole(text))?.checked_mul(DAY).ok_or(SpanError::TooLong)?
        };
        match seconds {
            0 => Err(SpanError::Zero),
            n if n > LONGEST => Err(SpanError::TooLong),
            n => Ok(Self(n)),
        }
    }
}

/// Drops a fraction that consists only of zeros.
fn whole(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    }
}

/// Reads digits only, so that `+1`, `1e3` and `١` are not numbers. Too many digits are too long, not unreadable.
fn number(text: &str) -> Result<u64, SpanError> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(SpanError::Unreadable);
    }
    text.parse().map_err(|_| SpanError::TooLong)
}

fn sum(parts: &[(u64, u64)]) -> Result<u64, SpanError> {
    parts
        .iter()
        .try_fold(0_u64, |all, (count, unit)| all.checked_add(count.checked_mul(*unit)?))
        .ok_or(SpanError::TooLong)
}

fn dotnet(text: &str) -> Result<u64, SpanError> {
    let mut parts = text.split(':');
    let (first, minutes) = (parts.next().unwrap_or_default(), parts.next().ok_or(SpanError::Unreadable)?);
    let seconds = parts.next();
    if parts.next().is_some() {
        return Err(SpanError::Unreadable);
    }
    let (days, hours) = first.split_once('.').unwrap_or(("0", first));
    let (seconds, fraction) = match seconds {
        Some(s) => s.split_once('.').map_or((s, None), |(s, f)| (s, Some(f))),
        None => ("0", None),
    };
    if fraction.is_some_and(|f| f.len() > 7 || number(f).is_err()) {
        return Err(SpanError::Unreadable);
    }
    let (days, hours, minutes, seconds) = (number(days)?, number(hours)?, number(minutes)?, number(seconds)?);
    if hours > 23 {
        return Err(SpanError::HoursPast23);
    }
    if minutes > 59 || seconds > 59 {
        return Err(SpanError::Unreadable);
    }
    sum(&[(days, DAY), (hours, HOUR), (minutes, MINUTE), (seconds, 1)])
}

/// Reads the part after the `P`: each unit at most once, from large to small (ISO 8601-1 §5.5.2).
fn iso(text: &str) -> Result<u64, SpanError> {
    let text = text.to_ascii_uppercase();
    let (date, time) = text.split_once('T').map_or((text.as_str(), None), |(d, t)| (d, Some(t)));
    if date.contains(['Y', 'M']) {
        return Err(SpanError::Calendar);
    }
    if time.is_some_and(str::is_empty) || (date.is_empty() && time.is_none()) {
        return Err(SpanError::Unreadable);
    }
    let whole = |text: &str, units: &[(char, u64)]| -> Result<u64, SpanError> {
        let (mut rest, mut all) = (text, 0_u64);
        for (letter, unit) in units {
            if let Some((count, after)) = rest.split_once(*letter) {
                // Seconds may have a fraction, which is cut off.
                let count = match count.split_once(['.', ',']) {
                    Some((c, f)) if *letter == 'S' && number(f).is_ok() => c,
                    _ => count,
                };
                all = all.checked_add(sum(&[(number(count)?, *unit)])?).ok_or(SpanError::TooLong)?;
                rest = after;
            }
        }
        if rest.is_empty() { Ok(all) } else { Err(SpanError::Unreadable) }
    };
    let date = whole(date, &[('W', 7 * DAY), ('D', DAY)])?;
    let time = whole(time.unwrap_or_default(), &[('H', HOUR), ('M', MINUTE), ('S', 1)])?;
    date.checked_add(time).ok_or(SpanError::TooLong)
}

/// The two largest units in words: `30 days`, `1 day 12 hours`, `1 minute 30 seconds` for 90 seconds.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("no time");
        }
        let mut rest = self.0;
        let mut sentence = 0;
        for (unit, name) in [(DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second")] {
            let count = rest / unit;
            rest %= unit;
            if count > 0 && sentence < 2 {
                let (gap, plural) = (if sentence > 0 { " " } else { "" }, if count == 1 { "" } else { "s" });
                write!(f, "{gap}{count} {name}{plural}")?;
                sentence += 1;
            }
        }
        Ok(())
    }
}
