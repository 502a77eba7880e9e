//! Periods: lengths of time that may have calendar months.

use licensing::{Period, Span, span::SpanError};
use serde_json::{from_value, json, to_value};

use crate::at;

#[test]
fn a_period_is_read_in_calendar_months_or_as_a_fixed_length() {
    for (text, months) in [("P1Y", 12), ("p6m", 6), ("P1Y6M", 18), ("P0Y1M", 1)] {
        assert_eq!(Period::read(text), Ok(Period::Months(months)), "{text}");
    }
    assert_eq!(Period::read("P30D"), Ok(Period::Span(Span::days(30))));
    for (text, wrong) in [
        ("P1Y1D", SpanError::Mixed),
        ("P1.5M", SpanError::Mixed),
        ("P1M1Y", SpanError::Mixed),
        ("P0M", SpanError::Zero),
        ("-P1M", SpanError::Negative),
        ("P400000000Y", SpanError::TooLong),
    ] {
        assert_eq!(Period::read(text), Err(wrong), "{text}");
    }
    for text in ["P", "P1M1Y", "P1Y1D", "P0Y", "PY", "P+1Y", "P1Y ago", "P99999999999Y", "P400000000Y", "1Y", "P1YT1H"]
    {
        assert!(Period::read(text).is_err(), "{text}");
    }
}

#[test]
fn a_month_ends_on_the_same_day_or_the_last_of_the_month() {
    for (months, from, end) in [
        (1, "2027-01-31T10:30:00Z", "2027-02-28T10:30:00Z"),
        (1, "2028-01-31T00:00:00Z", "2028-02-29T00:00:00Z"),
        (12, "2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z"),
        (18, "2026-11-30T23:59:59Z", "2028-05-30T23:59:59Z"),
        (u32::MAX, "2026-11-30T23:59:59Z", "9999-12-31T23:59:59Z"),
    ] {
        assert_eq!(Period::Months(months).after(at(from)), at(end), "{months}");
    }
}

#[test]
fn a_period_is_said_in_years_or_months_or_as_a_fixed_length() {
    for (period, words) in [
        (Period::Months(1), "1 month"),
        (Period::Months(6), "6 months"),
        (Period::YEAR, "1 year"),
        (Period::Months(24), "2 years"),
        (Period::Months(18), "18 months"),
        (Span::days(365).into(), "365 days"),
        (Span::hours(36).into(), "1 day 12 hours"),
    ] {
        assert_eq!(period.to_string(), words);
    }
}

#[test]
fn only_a_period_that_can_end_sooner_is_shorter() {
    let days = |n| Period::Span(Span::days(n));
    for (this, other, shorter) in [
        (days(30), days(31), true),
        (days(31), days(31), false),
        (Period::Months(1), Period::Months(2), true),
        (Period::YEAR, Period::YEAR, false),
        (Period::YEAR, days(365), false),
        (days(365), Period::YEAR, true),
        (Period::YEAR, days(366), true),
        (Period::Months(1), days(30), true),
        (Period::Months(1), days(28), false),
        (days(31), Period::Months(1), false),
    ] {
        assert_eq!(this.may_be_shorter_than(other), shorter, "{this} and {other}");
    }
}

#[test]
fn periods_stored_by_earlier_versions_read_with_the_same_meaning() {
    for (stored, period) in [
        (json!(31_536_000), Period::Span(Span::days(365))),
        (json!({ "span": 3_600 }), Period::Span(Span::hours(1))),
        (json!({ "months": 6 }), Period::Months(6)),
    ] {
        assert_eq!(from_value::<Period>(stored).unwrap(), period);
    }
    assert_eq!(to_value(Period::Span(Span::hours(1))).unwrap(), json!(3_600));
    assert_eq!(to_value(Period::YEAR).unwrap(), json!({ "months": 12 }));
}
