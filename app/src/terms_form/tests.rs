#![allow(clippy::unwrap_used)]

use licensing::terms::{EmailTerm, Lease, Reactivation, Release, Seats, Validity, Versions};
use licensing::{Invalid, Overrides, Span, Terms, VersionRange};

use super::{TEMPLATES, TermsFields};

fn unusual() -> Terms {
    Terms {
        seats: Seats::Unlimited,
        lease: Lease { default: Span::minutes(90), minimum: Span::minutes(1), maximum: Span::days(365) },
        grace: Span::ZERO,
        validity: Validity::FromFirstActivation(Span::days(730)),
        email: EmailTerm::MustMatch,
        versions: Versions::Range(VersionRange::read(">=2.1, <4").unwrap()),
        reactivation: Reactivation::Refuse,
        release: Release::BySupport,
    }
}

fn fields_of(invalid: Invalid) -> Vec<String> {
    invalid.0.into_iter().map(|it| it.field).collect()
}

#[test]
fn terms_survive_the_way_through_the_fields() {
    let until = Validity::Until("2027-03-12T23:59:59Z".parse().unwrap());
    let all = [
        Terms::default(),
        unusual(),
        Terms { validity: until, ..Terms::default() },
        Terms { validity: Validity::FromIssue(Span::hours(36)), ..Terms::default() },
        Terms { grace: Span::seconds(90), ..Terms::default() },
    ];
    for terms in all {
        assert_eq!(TermsFields::of(&terms).read().unwrap(), terms);
    }
}

#[test]
fn overrides_survive_the_way_through_the_fields() {
    let Terms { seats, lease, grace, validity, email, reactivation, release, .. } = unusual();
    let all = Overrides {
        seats: Some(seats),
        lease: Some(lease),
        grace: Some(grace),
        validity: Some(validity),
        email: Some(email),
        versions: Some(Versions::Any),
        reactivation: Some(reactivation),
        release: Some(release),
    };
    let only_seats = Overrides { seats: Some(Seats::Limited(5)), ..Overrides::default() };
    for own in [all, only_seats, Overrides::default()] {
        let fields = TermsFields::of_overrides(&own);
        assert_eq!(fields.is_empty(), own == Overrides::default());
        assert_eq!(fields.read_overrides(&Terms::default()).unwrap(), own);
    }
}

#[test]
fn every_template_is_good_and_survives_the_form() {
    for template in TEMPLATES {
        let terms = (template.terms)();
        assert_eq!(TermsFields::of(&terms).read().unwrap(), terms, "{}", template.key);
    }
}

#[test]
fn a_year_is_said_as_a_year() {
    let fields = TermsFields::of(&unusual());
    assert_eq!((fields.validity_period.as_str(), fields.validity_period_unit.as_str()), ("2", "years"));
    assert_eq!((fields.lease_maximum.as_str(), fields.lease_maximum_unit.as_str()), ("365", "days"));
}

#[test]
fn a_policy_needs_every_field_but_the_versions() {
    let missing = fields_of(TermsFields::default().read().unwrap_err());
    let needed = [
        "seats",
        "lease_default",
        "lease_minimum",
        "lease_maximum",
        "grace",
        "validity",
        "email_term",
        "reactivation",
        "release",
    ];
    assert_eq!(missing, needed);
}

#[test]
fn every_bad_field_is_named_at_once() {
    let fields = TermsFields {
        seats: "many".to_owned(),
        lease_default: "-3".to_owned(),
        grace: "7".to_owned(),
        grace_unit: "moons".to_owned(),
        validity: "until".to_owned(),
        validity_until: "12 March".to_owned(),
        email_term: "maybe".to_owned(),
        versions: "newer".to_owned(),
        ..TermsFields::of(&Terms::default())
    };
    let wrong = fields_of(fields.read().unwrap_err());
    assert_eq!(wrong, ["seats", "lease_default", "grace", "validity_until", "email_term", "versions"]);
}

#[test]
fn numbers_out_of_bounds_are_the_rules_to_refuse() {
    let fields = TermsFields {
        seats: "0".to_owned(),
        lease_maximum: "99999999999999999999".to_owned(),
        ..TermsFields::of(&Terms::default())
    };
    assert_eq!(fields_of(fields.read().unwrap_err()), ["lease_maximum"]);
    let fields = TermsFields { lease_maximum: "18446744073709551615".to_owned(), ..fields };
    assert_eq!(fields_of(fields.read().unwrap_err()), ["seats", "lease_maximum"]);
}

#[test]
fn a_period_is_asked_for_where_validity_has_one() {
    let fields = TermsFields { validity: "from-issue".to_owned(), ..TermsFields::of(&Terms::default()) };
    assert_eq!(fields_of(fields.read().unwrap_err()), ["validity_period"]);
}

#[test]
fn a_part_of_the_lease_is_joined_by_the_policys_parts() {
    let policy = Terms::default();
    let fields =
        TermsFields { lease_default: "14".to_owned(), lease_default_unit: "days".to_owned(), ..TermsFields::default() };
    let own = fields.read_overrides(&policy).unwrap();
    assert_eq!(own.lease, Some(Lease { default: Span::days(14), ..policy.lease }));
    assert_eq!(own.seats, None);

    let too_long = TermsFields { lease_default: "91".to_owned(), ..fields };
    assert_eq!(fields_of(too_long.read_overrides(&policy).unwrap_err()), ["lease_maximum"]);
}
