//! Lengths of time as a number and a unit.

use licensing::{Period, Span};

use crate::number;

/// The units that a form offers for a length of time. A year is 365 days.
pub const UNITS: [&str; 4] = ["minutes", "hours", "days", "years"];
/// The units that a form offers for a length that begins at a known day. Months and years are those of the calendar.
pub const PERIOD_UNITS: [&str; 4] = ["hours", "days", "months", "years"];

/// Parses a number of units; `None` if the number is empty. The default unit is days.
pub(super) fn read(number: &str, unit: &str) -> Result<Option<Span>, &'static str> {
    let Some(count) = count(number)? else { return Ok(None) };
    let one = match unit {
        // Not offered, but kept if it was set elsewhere.
        "seconds" => Span::seconds(1),
        "minutes" => Span::minutes(1),
        "hours" => Span::hours(1),
        "" | "days" => Span::days(1),
        "years" => Span::days(365),
        _ => return Err("has a unit that is not on the list"),
    };
    Ok(Some(Span::seconds(count.saturating_mul(one.as_seconds()))))
}

/// Parses a number of units like [`read`], but months and years are those of the calendar.
pub(super) fn read_period(number: &str, unit: &str) -> Result<Option<Period>, &'static str> {
    let months = match unit {
        "months" => 1,
        "years" => 12,
        _ => return Ok(read(number, unit)?.map(Period::Span)),
    };
    let months = count(number)?.map(|count| u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(months));
    Ok(months.map(Period::Months))
}

fn count(number: &str) -> Result<Option<u64>, &'static str> {
    if number.trim().is_empty() {
        return Ok(None);
    }
    number::read(number).ok_or("must be a whole number, such as 30").map(Some)
}

/// Formats a length of time as a number and a unit.
pub(super) fn say(span: Span) -> (String, String) {
    let (count, unit) = span.unit();
    (count.to_string(), unit.to_owned())
}

/// Formats a length that begins at a known day as a number and a unit.
pub(super) fn say_period(period: Period) -> (String, String) {
    match period {
        Period::Span(span) => say(span),
        Period::Months(n) if n > 0 && n.is_multiple_of(12) => ((n / 12).to_string(), "years".to_owned()),
        Period::Months(n) => (n.to_string(), "months".to_owned()),
    }
}
