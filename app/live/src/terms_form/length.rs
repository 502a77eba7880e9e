//! Lengths of time as a number and a unit.

use licensing::Span;

use crate::number;

/// The units that a form offers, each with its length. A year is 365 days.
pub const UNITS: [(&str, Span); 4] =
    [("minutes", Span::minutes(1)), ("hours", Span::hours(1)), ("days", Span::days(1)), ("years", Span::days(365))];

/// Parses a number of units; `None` if the number is empty. The default unit is days.
pub(super) fn read(number: &str, unit: &str) -> Result<Option<Span>, &'static str> {
    if number.trim().is_empty() {
        return Ok(None);
    }
    let count = number::read::<u64>(number).ok_or("must be a whole number, such as 30")?;
    let unit = if unit.is_empty() { "days" } else { unit };
    let seconds = match unit {
        // Not offered, but kept if it was set elsewhere.
        "seconds" => 1,
        _ => UNITS.iter().find(|(name, _)| *name == unit).ok_or("has a unit that is not on the list")?.1.as_seconds(),
    };
    Ok(Some(Span::seconds(count.saturating_mul(seconds))))
}

/// Formats a length of time as a number and a unit.
pub(super) fn say(span: Span) -> (String, String) {
    let (count, unit) = span.unit();
    (count.to_string(), unit.to_owned())
}

/// Like [`say`], but in years if it is a whole number of years.
pub(super) fn say_in_years(span: Span) -> (String, String) {
    match span.unit() {
        (days, "days") if days > 0 && days.is_multiple_of(365) => ((days / 365).to_string(), "years".to_owned()),
        _ => say(span),
    }
}
