//! A day in a form: `2027-03-12`; or, where some other door has set one, the exact moment.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};

const DATE: &str = "%Y-%m-%d";

/// The last second of a day, for what lasts through it.
pub const END: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};
/// The first second of a day, for what is there from then on.
pub const START: NaiveTime = NaiveTime::MIN;

/// Reads a day, which means that time of it in UTC, or a moment as RFC 3339 has it.
pub fn read(text: &str, time: NaiveTime) -> Result<DateTime<Utc>, &'static str> {
    let text = text.trim();
    match NaiveDate::parse_from_str(text, DATE) {
        Ok(day) => Ok(day.and_time(time).and_utc()),
        Err(_) => text.parse().map_err(|_| "is a date, such as 2027-03-12"),
    }
}

/// The day, where the moment is that time of it; else the moment.
pub fn say(at: DateTime<Utc>, time: NaiveTime) -> String {
    if at.time() == time { at.format(DATE).to_string() } else { at.to_rfc3339_opts(SecondsFormat::AutoSi, true) }
}
