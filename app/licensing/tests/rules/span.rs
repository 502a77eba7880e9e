use chrono::{DateTime, Utc};
use licensing::{
    Span,
    span::{LAST_MOMENT, SpanError},
};
use proptest::prelude::*;

use crate::{DAY, at};

#[test]
fn a_span_is_read_in_every_documented_form() {
    let (minute, hour, day) = (60, 3_600, 86_400);
    for (text, seconds) in [
        // A bare integer is days.
        ("1", day),
        ("30", 30 * day),
        ("007", 7 * day),
        ("10675199", 10_675_199 * day),
        // [d.]hh:mm[:ss[.f…7]]
        ("08:00", 8 * hour),
        ("8:00", 8 * hour),
        ("00:01", minute),
        ("00:00:01", 1),
        ("23:59:59", day - 1),
        ("1.00:00:00", day),
        ("30.00:00:00", 30 * day),
        ("30.12:30", 30 * day + 12 * hour + 30 * minute),
        ("1.02:03:04", day + 2 * hour + 3 * minute + 4),
        ("1.02:03:04.5", day + 2 * hour + 3 * minute + 4),
        ("00:00:01.9999999", 1),
        ("10675199.02:48:05", 10_675_199 * day + 2 * hour + 48 * minute + 5),
        ("10675199.02:48:05.4775807", 10_675_199 * day + 2 * hour + 48 * minute + 5),
        // ISO 8601
        ("P30D", 30 * day),
        ("P2W", 14 * day),
        ("P2W1D", 15 * day),
        ("PT8H", 8 * hour),
        ("PT36H", 36 * hour),
        ("PT90M", 90 * minute),
        ("PT1M", minute),
        ("PT30S", 30),
        ("PT1.9S", 1),
        ("PT1,9S", 1),
        ("P1DT12H", day + 12 * hour),
        ("P1DT2H3M4S", day + 2 * hour + 3 * minute + 4),
        ("p1dt12h", day + 12 * hour),
        // Spaces around it do not matter.
        (" 30 ", 30 * day),
        ("\tPT8H\n", 8 * hour),
    ] {
        assert_eq!(Span::read(text), Ok(Span::seconds(seconds)), "{text:?}");
    }
}

#[test]
fn an_invalid_span_is_refused_with_the_reason() {
    use SpanError::{Calendar, HoursPast23, Negative, TooLong, Unreadable, Zero};
    for (text, why) in [
        ("", Unreadable),
        (" ", Unreadable),
        ("soon", Unreadable),
        ("30 days", Unreadable),
        ("1.5", Unreadable),
        ("1e3", Unreadable),
        ("0x10", Unreadable),
        ("+1", Unreadable),
        ("+08:00", Unreadable),
        ("1 0", Unreadable),
        ("٣٠", Unreadable),
        ("３０", Unreadable),
        ("²", Unreadable),
        ("1:2:3:4", Unreadable),
        (":", Unreadable),
        ("08:", Unreadable),
        (":30", Unreadable),
        ("08:60", Unreadable),
        ("08:00:60", Unreadable),
        ("1.1.08:00", Unreadable),
        ("1.:00", Unreadable),
        (".08:00", Unreadable),
        ("08:00.5", Unreadable),
        ("08:00:00.", Unreadable),
        ("08:00:00.12345678", Unreadable),
        ("08:00:00.x", Unreadable),
        ("08: 00", Unreadable),
        ("08:-1", Unreadable),
        ("P", Unreadable),
        ("PT", Unreadable),
        ("P1DT", Unreadable),
        ("P30", Unreadable),
        ("30D", Unreadable),
        ("P1H", Unreadable),
        ("PT1D", Unreadable),
        ("P1D2W", Unreadable),
        ("P1D1D", Unreadable),
        ("PT1S1M", Unreadable),
        ("PT1.5H", Unreadable),
        ("PT.5S", Unreadable),
        ("PT5.S", Unreadable),
        ("P-1D", Unreadable),
        ("P+1D", Unreadable),
        ("--1", Unreadable),
        ("-", Unreadable),
        ("-soon", Unreadable),
        ("0", Zero),
        ("-0", Zero),
        ("00:00", Zero),
        ("0.00:00:00.9999999", Zero),
        ("P0D", Zero),
        ("PT0.5S", Zero),
        ("-1", Negative),
        ("-1.00:00:00", Negative),
        ("-P1D", Negative),
        ("-24:00:00", Negative),
        ("-99999999999999999999", Negative),
        ("10675200", TooLong),
        ("10675199.02:48:06", TooLong),
        ("99999999999999999999", TooLong),
        ("213503982334602", TooLong),
        ("99999999999999999999.00:00:00", TooLong),
        ("PT99999999999999999999S", TooLong),
        ("P18446744073709551615D", TooLong),
        ("P18446744073709551615W", TooLong),
        ("PT18446744073709551615S", TooLong),
        ("P1DT18446744073709551615S", TooLong),
        ("24:00:00", HoursPast23),
        ("24:00", HoursPast23),
        ("99:00", HoursPast23),
        ("1.24:00:00", HoursPast23),
        ("P1Y", Calendar),
        ("P1M", Calendar),
        ("P1Y2M3DT4H", Calendar),
    ] {
        assert_eq!(Span::read(text), Err(why), "{text:?}");
    }
}

#[test]
fn a_span_has_at_most_64_characters() {
    let of = |length: usize| format!("{}1", "0".repeat(length - 1));
    assert_eq!(Span::read(&of(64)), Ok(DAY));
    assert_eq!(Span::read(&of(65)), Err(SpanError::Unreadable));
}

#[test]
fn the_refusal_of_24_hours_names_both_spellings() {
    insta::assert_snapshot!(
        Span::read("24:00:00").unwrap_err(),
        @r#"hours go up to 23: write "1.00:00:00" for 24 hours, or "24.00:00:00" for 24 days"#
    );
}

#[test]
fn a_span_is_written_in_its_two_largest_units() {
    for (span, expected) in [
        (Span::ZERO, "no time"),
        (Span::seconds(1), "1 second"),
        (Span::seconds(90), "1 minute 30 seconds"),
        (Span::minutes(60), "1 hour"),
        (Span::hours(36), "1 day 12 hours"),
        (Span::days(30), "30 days"),
        (Span::seconds(86_401), "1 day 1 second"),
        (Span::seconds(86_400 + 3_600 + 60 + 1), "1 day 1 hour"),
    ] {
        assert_eq!(span.to_string(), expected);
    }
}

#[test]
fn a_form_shows_a_span_in_its_largest_whole_unit() {
    for (span, unit) in [
        (Span::ZERO, (0, "days")),
        (Span::days(30), (30, "days")),
        (Span::hours(36), (36, "hours")),
        (Span::minutes(90), (90, "minutes")),
        (Span::seconds(61), (61, "seconds")),
    ] {
        assert_eq!(span.unit(), unit);
    }
}

#[test]
fn before_and_after_are_inverse_within_range() {
    let noon = at("2026-03-01T12:00:00Z");
    assert_eq!(Span::minutes(5).before(noon), at("2026-03-01T11:55:00Z"));
    assert_eq!(Span::days(90).after(Span::days(90).before(noon)), noon);
    assert_eq!(Span::seconds(u64::MAX).before(noon), noon);
    assert_eq!(Span::days(1).before(DateTime::<Utc>::MIN_UTC), DateTime::<Utc>::MIN_UTC);
}

#[test]
fn no_time_is_later_than_the_end_of_the_year_9999() {
    let now = at("2026-03-01T12:00:00.5Z");
    assert_eq!(Span::hours(12).after(now), at("2026-03-02T00:00:00.5Z"));
    assert_eq!(LAST_MOMENT, at("9999-12-31T23:59:59Z"));
    for endless in [Span::seconds(u64::MAX), Span::days(u64::MAX), Span::days(10_675_199), Span::seconds(1 << 62)] {
        assert_eq!(endless.after(now), LAST_MOMENT, "{endless:?}");
    }
    assert_eq!(DAY.after(LAST_MOMENT), LAST_MOMENT);
}

proptest! {
    #[test]
    fn a_span_reads_the_same_in_every_spelling(seconds in 1_u64..=10_675_199 * 86_400) {
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        let (h, m, s) = (rest / 3_600, rest / 60 % 60, rest % 60);
        let span = Ok(Span::seconds(seconds));
        prop_assert_eq!(Span::read(&format!("{days}.{h:02}:{m:02}:{s:02}")), span);
        prop_assert_eq!(Span::read(&format!("P{days}DT{h}H{m}M{s}S")), span);
        prop_assert_eq!(Span::read(&format!("PT{seconds}S")), span);
    }

    #[test]
    fn the_unit_and_count_of_a_span_make_the_span_again(seconds in 0_u64..=1 << 40) {
        let (count, unit) = Span::seconds(seconds).unit();
        let again = match unit {
            "days" => Span::days(count),
            "hours" => Span::hours(count),
            "minutes" => Span::minutes(count),
            _ => Span::seconds(count),
        };
        prop_assert_eq!(again.as_seconds(), seconds);
    }

    #[test]
    fn a_longer_span_never_ends_sooner(a: u64, b: u64, from in -62_000_000_000_i64..253_402_300_799) {
        let from = chrono::DateTime::from_timestamp(from, 0).unwrap();
        let (short, long) = (Span::seconds(a.min(b)), Span::seconds(a.max(b)));
        prop_assert!(from <= short.after(from) && short.after(from) <= long.after(from));
    }
}
