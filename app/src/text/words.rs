//! Times and numbers as text.

use chrono::{DateTime, TimeDelta, Utc};
pub use licensing::sentence::count;

/// The distance from `now` to `at`: `2 min ago`, `yesterday`, `in 29 days`; beyond 120 days the date. Minutes and hours
/// are rounded; from a day on, calendar days in UTC count, so that "tomorrow" is the date of tomorrow.
pub fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let past = at <= now;
    let away = (now - at).abs();
    let rounded = |unit: TimeDelta| (away.num_seconds() + unit.num_seconds() / 2) / unit.num_seconds();
    let (minutes, hours) = (rounded(TimeDelta::minutes(1)), rounded(TimeDelta::hours(1)));
    let days = (at.date_naive() - now.date_naive()).num_days().abs();
    let text = match days {
        _ if away < TimeDelta::minutes(1) => return if past { "just now" } else { "in a moment" }.to_owned(),
        _ if minutes < 60 => format!("{minutes} min"),
        _ if hours < 24 => format!("{hours} h"),
        0 => "24 h".to_owned(),
        1 => return if past { "yesterday" } else { "tomorrow" }.to_owned(),
        2..=120 => format!("{days} days"),
        _ => return at.format("%-d %b %Y").to_string(),
    };
    if past { format!("{text} ago") } else { format!("in {text}") }
}

/// The exact moment: `26 November 2026, 22:05:00 UTC`.
pub fn exact(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y, %H:%M:%S UTC").to_string()
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
    fn minutes_and_hours_are_rounded() {
        let now: DateTime<Utc> = "2026-11-23T14:32:08Z".parse().unwrap();
        for (seconds, text) in [
            (0, "just now"),
            (-59, "just now"),
            (59, "in a moment"),
            (-120, "2 min ago"),
            (10 * 60 - 1, "in 10 min"),
            (3_599, "in 1 h"),
            (-6 * 3_600, "6 h ago"),
            (9 * 3_600 + 1_800, "in 10 h"),
        ] {
            assert_eq!(relative(now + TimeDelta::seconds(seconds), now), text);
        }
        assert_eq!(exact(now), "23 November 2026, 14:32:08 UTC");
    }

    #[test]
    fn days_are_calendar_days() {
        let now: DateTime<Utc> = "2026-11-28T14:32:08Z".parse().unwrap();
        for (at, text) in [
            ("2026-11-29T14:32:08Z", "tomorrow"),
            ("2026-11-29T23:59:59Z", "tomorrow"),
            ("2026-11-30T02:28:00Z", "in 2 days"),
            ("2026-11-27T14:32:08Z", "yesterday"),
            ("2026-11-27T00:00:00Z", "yesterday"),
            ("2026-11-26T23:59:59Z", "2 days ago"),
            ("2026-12-28T14:32:07Z", "in 30 days"),
            ("2027-02-26T14:32:07Z", "in 90 days"),
            ("2026-07-31T14:32:08Z", "120 days ago"),
            ("2026-07-30T14:32:08Z", "30 Jul 2026"),
        ] {
            assert_eq!(relative(at.parse().unwrap(), now), text, "{at}");
        }
        let morning: DateTime<Utc> = "2026-11-28T00:00:05Z".parse().unwrap();
        assert_eq!(relative("2026-11-28T23:59:00Z".parse().unwrap(), morning), "in 24 h");
    }

    #[test]
    fn a_number_has_its_noun() {
        assert_eq!([count(0, "seat"), count(1, "seat"), count(1_200, "seat")], ["0 seats", "1 seat", "1,200 seats"]);
    }
}
