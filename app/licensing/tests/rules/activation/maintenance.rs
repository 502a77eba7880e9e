//! Versions covered by maintenance over time.

use chrono::{DateTime, Utc};
use licensing::{
    Period, Refusal, Span,
    activation::Rule,
    product::ProductVersion,
    terms::{AfterEnd, Maintenance, Validity, Versions},
};

use super::Case;
use crate::{at, range, version};

/// Now is 1 March 2026; 2.0.0 was released before the year began, 3.0.0 after that.
fn case() -> Case {
    let release = |of: &str, day: &str| ProductVersion { version: version(of), released_at: at(day) };
    Case::with(|case| {
        case.versions = vec![
            release("3.0.0", "2026-02-01T00:00:00Z"),
            release("1.9.0", "2025-12-20T00:00:00Z"),
            release("2.0.0", "2025-11-01T00:00:00Z"),
        ];
        case.license.terms.maintenance = Maintenance::Until(new_year());
    })
}

fn new_year() -> DateTime<Utc> {
    at("2026-01-01T00:00:00Z")
}

fn refused(case: &Case, asked: &str) -> Option<Refusal> {
    let mut case = case.clone();
    case.request.version = Some(version(asked));
    case.decide().err().map(|refused| {
        assert_eq!(refused.rule, Rule::VersionCovered);
        refused.refusal
    })
}

#[test]
fn versions_are_frozen_at_the_newest_that_maintenance_covers() {
    let too_new = |asked| {
        Some(Refusal::VersionTooNew { version: version(asked), newest: Some(version("2.0.0")), until: new_year() })
    };
    for asked in ["0.1.0", "1.9.0", "1.9.9", "2.0.0-beta", "2.0.0", "2.0.0+build"] {
        assert_eq!(refused(&case(), asked), None, "{asked}");
    }
    for asked in ["2.0.1", "2.1.0", "3.0.0-beta", "3.0.0", "4.0.0"] {
        assert_eq!(refused(&case(), asked), too_new(asked), "{asked}");
    }
}

#[test]
fn a_release_at_the_very_end_is_covered() {
    let mut case = case();
    case.versions[0].released_at = new_year();
    assert_eq!(refused(&case, "3.0.0"), None);
    case.versions[0].released_at += chrono::TimeDelta::microseconds(1);
    assert!(refused(&case, "3.0.0").is_some());
}

#[test]
fn during_maintenance_every_version_is_covered() {
    let mut case = case();
    case.license.terms.maintenance = Maintenance::Until(Span::seconds(1).after(case.now));
    assert_eq!(refused(&case, "9.0.0"), None);
    case.license.terms.maintenance = Maintenance::Always;
    assert_eq!(refused(&case, "9.0.0"), None);
    assert_eq!(case.decide().unwrap().maintained_until, None);
}

#[test]
fn without_known_releases_the_token_carries_the_date() {
    let mut case = case();
    case.versions.clear();
    assert_eq!(refused(&case, "9.0.0"), None);
    assert_eq!(case.decide().unwrap().maintained_until, Some(new_year()));
}

#[test]
fn a_request_that_names_no_version_passes() {
    let mut case = case();
    case.request.version = None;
    assert_eq!(case.decided_by(), None);
}

#[test]
fn with_only_later_releases_known_older_versions_pass() {
    let mut case = case();
    case.versions.truncate(1);
    assert_eq!(refused(&case, "2.9.0"), None);
    for asked in ["3.0.0", "3.0.1"] {
        let refusal = Refusal::VersionTooNew { version: version(asked), newest: None, until: new_year() };
        assert_eq!(refused(&case, asked), Some(refusal));
    }
}

#[test]
fn the_version_range_is_checked_before_the_date() {
    let mut case = case();
    case.license.terms.versions = Versions::Range(range("<2"));
    assert!(matches!(refused(&case, "3.0.0"), Some(Refusal::VersionNotCovered { .. })));
    assert_eq!(refused(&case, "1.9.0"), None);
}

#[test]
fn maintenance_runs_from_issue() {
    // Issued on 1 January 2026.
    let mut case = case();
    case.license.terms.maintenance = Maintenance::FromIssue(Span::days(31).into());
    assert_eq!(refused(&case, "3.0.0"), None, "released on the day it ends");
    case.license.terms.maintenance = Maintenance::FromIssue(Span::days(30).into());
    assert!(refused(&case, "3.0.0").is_some());
}

/// A license that ended at the end of the year and keeps running.
fn fallback() -> Case {
    let mut case = case();
    case.license.terms.maintenance = Maintenance::Always;
    case.license.terms.validity = Validity::Until(new_year());
    case.license.terms.after_end = AfterEnd::KeepRunning;
    case
}

#[test]
fn a_license_that_keeps_running_admits_earlier_versions_after_its_end() {
    assert_eq!(refused(&fallback(), "2.0.0"), None);
    assert!(matches!(refused(&fallback(), "3.0.0"), Some(Refusal::VersionTooNew { .. })));
    let mut case = fallback();
    case.request.version = None;
    let grant = case.decide().unwrap();
    assert_eq!(grant.lease_ends_at, Span::days(30).after(case.now), "the lease is not cut to the end");
    assert_eq!((grant.license_ends_at, grant.maintained_until), (None, Some(new_year())));
    case.license.terms.after_end = AfterEnd::Stop;
    assert_eq!(case.decided_by(), Some(Rule::NotEnded));
}

#[test]
fn versions_freeze_at_the_earlier_of_both_ends() {
    for (maintenance, until) in
        [(at("2025-12-01T00:00:00Z"), at("2025-12-01T00:00:00Z")), (at("2027-01-01T00:00:00Z"), new_year())]
    {
        let mut case = fallback();
        case.request.version = None;
        case.license.terms.maintenance = Maintenance::Until(maintenance);
        assert_eq!(case.decide().unwrap().maintained_until, Some(until));
    }
}

#[test]
fn the_first_device_starts_the_period_before_versions_freeze() {
    let mut case = fallback();
    case.license.first_activated_at = None;
    case.license.terms.validity = Validity::FromFirstActivation(Period::YEAR);
    assert_eq!(case.decide().unwrap().maintained_until, Some(Span::days(365).after(case.now)));
}
