//! Times and numbers as text.

use chrono::{DateTime, TimeDelta, Utc};

/// The distance from `now` to `at`: `2 min ago`, `yesterday`, `in 29 days`; beyond 120 days the date.
pub fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let past = at <= now;
    let away = if past { now - at } else { at - now };
    // A lease of 30 days that began a moment ago ends in 30 days, not in 29.
    let days = if past { away } else { away + TimeDelta::hours(12) }.num_days();
    let text = match away {
        _ if away < TimeDelta::minutes(1) => return if past { "just now" } else { "in a moment" }.to_owned(),
        _ if away < TimeDelta::hours(1) => format!("{} min", away.num_minutes()),
        _ if away < TimeDelta::days(1) => format!("{} h", away.num_hours()),
        _ if away < TimeDelta::days(2) => return if past { "yesterday" } else { "tomorrow" }.to_owned(),
        _ if away <= TimeDelta::days(120) => format!("{days} days"),
        _ => return at.format("%-d %b %Y").to_string(),
    };
    if past { format!("{text} ago") } else { format!("in {text}") }
}

/// The exact moment: `26 November 2026, 22:05:00 UTC`.
pub fn exact(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y, %H:%M:%S UTC").to_string()
}

/// A number with its noun: `1 seat`, `3 seats`. The plural must be the noun with an `s`.
pub fn count(n: u64, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {noun}{s}", licensing::sentence::thousands(n))
}

/// A number that is counted in the background: `…` until it is known.
pub fn known(n: Option<u64>) -> String {
    n.map_or_else(|| "…".to_owned(), licensing::sentence::thousands)
}

/// Like [`known`], with the noun as in [`count`]: `licenses` until the number is known.
pub fn known_count(n: Option<u64>, noun: &str) -> String {
    n.map_or_else(|| format!("{noun}s"), |n| count(n, noun))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_said_from_where_one_stands() {
        let now: DateTime<Utc> = "2026-11-23T14:32:08Z".parse().unwrap();
        for (seconds, text) in [
            (0, "just now"),
            (-59, "just now"),
            (59, "in a moment"),
            (-120, "2 min ago"),
            (3_599, "in 59 min"),
            (-6 * 3_600, "6 h ago"),
            (-86_400, "yesterday"),
            (86_400, "tomorrow"),
            (29 * 86_400, "in 29 days"),
            (30 * 86_400 - 1, "in 30 days"),
            (-30 * 86_400 + 1, "29 days ago"),
            (-120 * 86_400, "120 days ago"),
            (-121 * 86_400, "25 Jul 2026"),
        ] {
            assert_eq!(relative(now + TimeDelta::seconds(seconds), now), text);
        }
        assert_eq!(exact(now), "23 November 2026, 14:32:08 UTC");
    }

    #[test]
    fn a_number_has_its_noun() {
        assert_eq!([count(0, "seat"), count(1, "seat"), count(1_200, "seat")], ["0 seats", "1 seat", "1,200 seats"]);
    }
}
