//! A day in a form: `2027-03-12`; or the exact time, if one was set elsewhere.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};

const DATE: &str = "%Y-%m-%d";

/// The last second of a day, for periods that include the day.
pub const END: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};
/// The first second of a day, for periods that start with the day.
pub const START: NaiveTime = NaiveTime::MIN;

/// Parses a day, which means `time` on that day in UTC, or a time in RFC 3339 format.
pub fn read(text: &str, time: NaiveTime) -> Result<DateTime<Utc>, &'static str> {
    let text = text.trim();
    match NaiveDate::parse_from_str(text, DATE) {
        Ok(day) => Ok(day.and_time(time).and_utc()),
        Err(_) => text.parse().map_err(|_| "must be a date, such as 2027-03-12"),
    }
}

/// Formats `at` as a day if its time of day is `time`; otherwise in RFC 3339 format.
pub fn format(at: DateTime<Utc>, time: NaiveTime) -> String {
    if at.time() == time { at.format(DATE).to_string() } else { at.to_rfc3339_opts(SecondsFormat::AutoSi, true) }
}
