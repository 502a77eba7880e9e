//! Extending licenses, and their tags.

use chrono::{DateTime, Utc};
use licensing::{
    Period, Span,
    extension::{Extension, ExtensionError, extended},
    span::LAST_MOMENT,
    tag::{TagError, tag, tags},
};

fn day(text: &str) -> DateTime<Utc> {
    format!("{text}T12:00:00Z").parse().unwrap()
}

#[test]
fn a_license_is_extended_from_its_end() {
    let (end, now) = (Some(day("2027-01-31")), day("2026-11-29"));
    assert_eq!(extended(end, Extension::Months(12), now), Ok(day("2028-01-31")));
    assert_eq!(extended(end, Extension::Months(1), now), Ok(day("2027-02-28")));
    assert_eq!(extended(end, Extension::By(Span::days(1)), now), Ok(day("2027-02-01")));
    assert_eq!(extended(end, Extension::Until(day("2030-06-01")), now), Ok(day("2030-06-01")));
}

#[test]
fn a_license_that_has_ended_is_extended_from_now() {
    let (end, now) = (Some(day("2025-01-31")), day("2026-11-29"));
    assert_eq!(extended(end, Extension::Months(1), now), Ok(day("2026-12-29")));
    assert_eq!(extended(end, Extension::Until(day("2026-01-01")), now), Err(ExtensionError::Past));
}

#[test]
fn an_extension_never_shortens_a_license_and_needs_an_end() {
    let (end, now) = (Some(day("2027-01-31")), day("2026-11-29"));
    let same = extended(end, Extension::Until(day("2027-01-31")), now);
    assert_eq!(same, Err(ExtensionError::NotLater(day("2027-01-31"))));
    assert_eq!(same.unwrap_err().to_string(), "must be after the present end, 31 January 2027");
    assert_eq!(extended(end, Extension::Months(0), now), Err(ExtensionError::NotLater(day("2027-01-31"))));
    assert_eq!(extended(None, Extension::Months(1), now), Err(ExtensionError::Endless));
    assert_eq!(extended(end, Extension::Months(u32::MAX), now), Err(ExtensionError::TooFar));
    assert_eq!(extended(end, Extension::Until(LAST_MOMENT), now), Err(ExtensionError::TooFar));
}

#[test]
fn a_tag_has_one_spelling() {
    assert_eq!(tag("  Black Friday "), Ok("black friday".to_owned()));
    assert_eq!(tag("a,b"), Err(TagError::Comma));
    assert!(tag(" ").is_err() && tag(&"x".repeat(41)).is_err() && tag("a\nb").is_err());
    assert_eq!(tags("NFR, beta,, nfr ,"), Ok(vec!["beta".to_owned(), "nfr".to_owned()]));
    assert_eq!(tags(""), Ok(vec![]));
}

#[test]
fn a_period_may_count_from_now_although_the_license_has_not_ended() {
    let (now, end) = (day("2026-06-01"), Some(day("2026-06-20")));
    let from_now = |days| extended(end, Extension::FromNow(Period::Span(Span::days(days))), now);
    assert_eq!(from_now(30), Ok(day("2026-07-01")));
    assert_eq!(from_now(10), Err(ExtensionError::NotLater(day("2026-06-20"))));
    assert_eq!(extended(end, Extension::FromNow(Period::Months(1)), now), Ok(day("2026-07-01")));
}
