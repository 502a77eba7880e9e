use licensing::{
    Overrides, Span, Terms,
    terms::{EmailTerm, LONGEST, Lease, MOST_SEATS, Reactivation, Release, SHORTEST_LEASE, Seats, Validity, Versions},
};
use serde_json::json;

use crate::{DAY, MINUTE, at, range};

const SECOND: Span = Span::seconds(1);

fn checked(change: impl FnOnce(&mut Terms)) -> String {
    let mut terms = Terms::default();
    change(&mut terms);
    terms.check().map_or_else(|wrong| wrong.to_string(), |()| "good".to_owned())
}

fn lease(minimum: Span, default: Span, maximum: Span) -> Lease {
    Lease { default, minimum, maximum }
}

/// Terms that differ from the usual ones in everything.
fn other() -> Terms {
    Terms {
        seats: Seats::Unlimited,
        lease: lease(MINUTE, DAY, LONGEST),
        grace: Span::ZERO,
        validity: Validity::FromIssue(DAY),
        email: EmailTerm::MustMatch,
        versions: Versions::Range(range("<3")),
        reactivation: Reactivation::Refuse,
        release: Release::BySupport,
    }
}

#[test]
fn the_usual_terms_and_those_on_the_bounds_are_good() {
    assert_eq!(checked(|_| {}), "good");
    assert_eq!(checked(|t| *t = other()), "good");
    for seats in [Seats::Limited(1), Seats::Limited(MOST_SEATS), Seats::Unlimited] {
        assert_eq!(checked(|t| t.seats = seats), "good", "{seats:?}");
    }
    for same in [SHORTEST_LEASE, LONGEST] {
        assert_eq!(checked(|t| t.lease = lease(same, same, same)), "good", "{same}");
    }
    assert_eq!(checked(|t| t.grace = LONGEST), "good");
    for validity in [
        Validity::Until(at("1970-01-01T00:00:00Z")),
        Validity::Until(at("9999-12-31T23:59:59Z")),
        Validity::FromIssue(MINUTE),
        Validity::FromFirstActivation(LONGEST),
    ] {
        assert_eq!(checked(|t| t.validity = validity), "good", "{validity:?}");
    }
}

#[test]
fn terms_out_of_bounds_are_refused_at_their_field() {
    let over = Span::seconds(LONGEST.as_seconds() + 1);
    let seats = "seats: is 1 to 1,000,000, or unlimited";
    assert_eq!(checked(|t| t.seats = Seats::Limited(0)), seats);
    assert_eq!(checked(|t| t.seats = Seats::Limited(MOST_SEATS + 1)), seats);
    assert_eq!(checked(|t| t.lease = lease(Span::seconds(59), DAY, DAY)), "lease_minimum: is at least one minute");
    assert_eq!(checked(|t| t.lease = lease(DAY, DAY, over)), "lease_maximum: is one minute to 100 years");
    assert_eq!(checked(|t| t.grace = over), "grace: is at most 100 years");
    for period in [Span::ZERO, Span::seconds(59), over] {
        for validity in [Validity::FromIssue(period), Validity::FromFirstActivation(period)] {
            assert_eq!(checked(|t| t.validity = validity), "validity: runs one minute to 100 years", "{validity:?}");
        }
    }
    for end in ["1969-12-31T23:59:59Z", "-0044-03-15T12:00:00Z", "+10000-01-01T00:00:00Z"] {
        assert_eq!(
            checked(|t| t.validity = Validity::Until(at(end))),
            "validity: ends in the years 1970 to 9999",
            "{end}"
        );
    }
}

#[test]
fn a_lease_lies_between_its_least_and_its_most() {
    let longer = checked(|t| t.lease = lease(Span::days(2), DAY, Span::days(3)));
    assert_eq!(longer, "lease_minimum: is longer than the usual lease of 1 day: shorten it");
    let shorter = checked(|t| t.lease = lease(MINUTE, DAY, Span::hours(23)));
    assert_eq!(shorter, "lease_maximum: is shorter than the usual lease of 1 day: lengthen it");
}

#[test]
fn every_field_that_is_not_good_is_told_at_once() {
    let mut terms = other();
    terms.seats = Seats::Limited(0);
    terms.lease = lease(SECOND, Span::ZERO, SECOND);
    terms.grace = Span::seconds(u64::MAX);
    terms.validity = Validity::FromIssue(Span::ZERO);
    let wrong = terms.check().unwrap_err();
    let fields: Vec<&str> = wrong.0.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(
        fields,
        ["seats", "lease_default", "lease_maximum", "lease_minimum", "lease_minimum", "grace", "validity"]
    );
}

#[test]
fn a_license_that_sets_nothing_has_its_policys_terms() {
    for policy in [Terms::default(), other()] {
        assert_eq!(policy.with(&Overrides::default()), policy);
    }
}

#[test]
fn a_license_sets_each_term_by_itself() {
    let (policy, own) = (Terms::default(), other());
    let none = Overrides::default;
    for (overrides, expected) in [
        (Overrides { seats: Some(own.seats), ..none() }, Terms { seats: own.seats, ..policy.clone() }),
        (Overrides { lease: Some(own.lease), ..none() }, Terms { lease: own.lease, ..policy.clone() }),
        (Overrides { grace: Some(own.grace), ..none() }, Terms { grace: own.grace, ..policy.clone() }),
        (Overrides { validity: Some(own.validity), ..none() }, Terms { validity: own.validity, ..policy.clone() }),
        (Overrides { email: Some(own.email), ..none() }, Terms { email: own.email, ..policy.clone() }),
        (
            Overrides { versions: Some(own.versions.clone()), ..none() },
            Terms { versions: own.versions.clone(), ..policy.clone() },
        ),
        (
            Overrides { reactivation: Some(own.reactivation), ..none() },
            Terms { reactivation: own.reactivation, ..policy.clone() },
        ),
        (Overrides { release: Some(own.release), ..none() }, Terms { release: own.release, ..policy.clone() }),
    ] {
        assert_eq!(policy.with(&overrides), expected);
        assert_ne!(expected, policy);
        assert_eq!(own.with(&overrides), own);
    }
}

#[test]
fn terms_are_kept_as_readable_json() {
    assert_eq!(
        serde_json::to_value(other()).unwrap(),
        json!({
            "seats": "unlimited",
            "lease": {"default": 86_400, "minimum": 60, "maximum": 3_155_760_000_u64},
            "grace": 0,
            "validity": {"from-issue": 86_400},
            "email": "must-match",
            "versions": {"range": "<3"},
            "reactivation": "refuse",
            "release": "by-support",
        })
    );
    for terms in [Terms::default(), other()] {
        assert_eq!(serde_json::from_value::<Terms>(serde_json::to_value(&terms).unwrap()).unwrap(), terms);
    }
}

#[test]
fn overrides_keep_only_what_they_set() {
    let own = Overrides { seats: Some(Seats::Limited(5)), ..Overrides::default() };
    assert_eq!(serde_json::to_value(&own).unwrap(), json!({"seats": {"limited": 5}}));
    assert_eq!(serde_json::from_value::<Overrides>(json!({"seats": {"limited": 5}})).unwrap(), own);
    assert_eq!(serde_json::from_value::<Overrides>(json!({})).unwrap(), Overrides::default());
}
