//! Terms: bounds, contradictions, overrides by a license, storage and descriptions.

mod contradictions;
mod narrower;
mod overrides;
mod stored;

use licensing::{
    Period, Span, Terms,
    feature::{FeatureValue, FeatureValues},
    terms::{
        AfterEnd, Devices, EmailTerm, Holding, Identity, LONGEST, Lease, MOST_MOVES, MOST_SEATS, Maintenance, Overage,
        Reactivation, Release, SHORTEST_LEASE, Seats, SignIn, Strictness, Transfers, Trial, Validity, Versions,
        WhenFull,
    },
};

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

fn values(code: &str, on: bool) -> FeatureValues {
    FeatureValues::from([(code.to_owned(), FeatureValue::Boolean(on))])
}

/// Valid terms that differ from the default in as many members as possible.
fn other() -> Terms {
    Terms {
        seats: Seats::Limited(20),
        holding: Holding::Floating,
        when_full: WhenFull::TakeOver,
        overage: Overage::Percent(10),
        lease: lease(MINUTE, DAY, LONGEST),
        grace: Span::ZERO,
        validity: Validity::FromIssue(DAY.into()),
        after_end: AfterEnd::Stop,
        trial: Some(Trial { lasts: DAY, features: values("export", false) }),
        features: values("export", true),
        grace_features: values("sync", false),
        email: EmailTerm::MustMatch,
        sign_in: SignIn::Domain("example.com".to_owned()),
        devices: Devices::Authorized,
        identity: Identity::Product,
        versions: Versions::Range(range("<3")),
        maintenance: Maintenance::FromIssue(DAY.into()),
        reactivation: Reactivation::Refuse,
        release: Release::Limited { times: 3, per: DAY },
        transfers: Transfers::Unlimited,
        strictness: Strictness::Lenient,
    }
}

#[test]
fn the_default_terms_and_terms_at_the_bounds_are_good() {
    assert_eq!(checked(|_| {}), "good");
    assert_eq!(checked(|t| *t = other()), "good");
    for seats in [Seats::Limited(1), Seats::Limited(MOST_SEATS), Seats::Unlimited] {
        assert_eq!(checked(|t| t.seats = seats), "good", "{seats:?}");
    }
    for same in [SHORTEST_LEASE, LONGEST] {
        assert_eq!(checked(|t| t.lease = lease(same, same, same)), "good", "{same}");
    }
    assert_eq!(checked(|t| t.grace = LONGEST), "good");
    for overage in [Overage::Seats(1), Overage::Seats(MOST_SEATS), Overage::Percent(1), Overage::Percent(1_000)] {
        assert_eq!(checked(|t| t.overage = overage), "good", "{overage:?}");
    }
    for n in [1, MOST_MOVES] {
        assert_eq!(checked(|t| t.release = Release::Limited { times: n, per: MINUTE }), "good");
        assert_eq!(checked(|t| t.transfers = Transfers::Limited { moves: n, per: LONGEST }), "good");
    }
    for sign_in in
        [SignIn::Required, SignIn::VerifiedEmail, SignIn::Domain("a.example".to_owned()), SignIn::Role("Ω".repeat(80))]
    {
        assert_eq!(checked(|t| t.sign_in = sign_in.clone()), "good", "{sign_in:?}");
    }
    for validity in [
        Validity::Until(at("1970-01-01T00:00:00Z")),
        Validity::Until(at("9999-12-31T23:59:59Z")),
        Validity::FromIssue(MINUTE.into()),
        Validity::FromFirstActivation(LONGEST.into()),
        Validity::FromFirstActivation(Period::Months(1_200)),
    ] {
        assert_eq!(checked(|t| t.validity = validity), "good", "{validity:?}");
    }
}

#[test]
fn terms_out_of_bounds_are_refused_at_their_field() {
    let over = Span::seconds(LONGEST.as_seconds() + 1);
    let seats = "seats: must be 1 to 1,000,000, or unlimited";
    assert_eq!(checked(|t| t.seats = Seats::Limited(0)), seats);
    assert_eq!(checked(|t| t.seats = Seats::Limited(MOST_SEATS + 1)), seats);
    assert_eq!(checked(|t| t.lease = lease(Span::seconds(59), DAY, DAY)), "lease_minimum: must be at least one minute");
    assert_eq!(checked(|t| t.lease = lease(DAY, DAY, over)), "lease_maximum: must be one minute to 100 years");
    assert_eq!(checked(|t| t.grace = over), "grace: must be at most 100 years");
    let periods = [Span::ZERO, Span::seconds(59), over].map(Period::Span);
    for period in periods.into_iter().chain([Period::Months(0), Period::Months(1_201)]) {
        for validity in [Validity::FromIssue(period), Validity::FromFirstActivation(period)] {
            assert_eq!(
                checked(|t| t.validity = validity),
                "validity: must last one minute to 100 years",
                "{validity:?}"
            );
        }
    }
    for end in ["1969-12-31T23:59:59Z", "-0044-03-15T12:00:00Z", "+10000-01-01T00:00:00Z"] {
        assert_eq!(
            checked(|t| t.validity = Validity::Until(at(end))),
            "validity: must end in the years 1970 to 9999",
            "{end}"
        );
    }
}

#[test]
fn counts_and_periods_of_overage_release_and_transfers_have_bounds() {
    let over = Span::seconds(LONGEST.as_seconds() + 1);
    for n in [0, MOST_SEATS + 1] {
        assert_eq!(checked(|t| t.overage = Overage::Seats(n)), "overage: must be 1 to 1,000,000 seats, or none");
    }
    for n in [0, 1_001] {
        assert_eq!(checked(|t| t.overage = Overage::Percent(n)), "overage: must be 1 to 1,000 %, or none");
    }
    for (n, per) in [(0, DAY), (MOST_MOVES + 1, DAY), (1, Span::ZERO), (1, over)] {
        assert_eq!(
            checked(|t| t.release = Release::Limited { times: n, per }),
            "release: must be limited to 1 to 1,000,000 times in one minute to 100 years"
        );
        assert_eq!(
            checked(|t| t.transfers = Transfers::Limited { moves: n, per }),
            "transfers: must be limited to 1 to 1,000,000 in one minute to 100 years"
        );
    }
}

#[test]
fn trials_and_maintenance_have_bounds() {
    let over = Span::seconds(LONGEST.as_seconds() + 1);
    for period in [Span::ZERO, over] {
        let trial = Some(Trial { lasts: period, features: FeatureValues::new() });
        assert_eq!(checked(|t| t.trial = trial), "trial: must last one minute to 100 years");
        assert_eq!(
            checked(|t| t.maintenance = Maintenance::FromIssue(period.into())),
            "maintenance: must last one minute to 100 years"
        );
    }
    let end = at("1969-12-31T23:59:59Z");
    assert_eq!(checked(|t| t.maintenance = Maintenance::Until(end)), "maintenance: must end in the years 1970 to 9999");
}

#[test]
fn a_domain_and_a_role_must_be_in_their_compared_form() {
    for domain in ["", "Example.com", "ada@example.com", " example.com", "example.com ", ".com", "a..b"] {
        assert_eq!(
            checked(|t| t.sign_in = SignIn::Domain(domain.to_owned())),
            "sign_in: must be the domain of e-mail addresses, in lowercase, such as example.com",
            "{domain:?}"
        );
    }
    for role in ["", " studio", "stu\ndio", &"r".repeat(81)] {
        assert_eq!(
            checked(|t| t.sign_in = SignIn::Role(role.to_owned())),
            "sign_in: must be the name of a role, a line of 1 to 80 characters",
            "{role:?}"
        );
    }
}

#[test]
fn a_lease_is_between_its_minimum_and_maximum() {
    let longer = checked(|t| t.lease = lease(Span::days(2), DAY, Span::days(3)));
    assert_eq!(longer, "lease_minimum: is longer than the usual lease of 1 day: shorten it");
    let shorter = checked(|t| t.lease = lease(MINUTE, DAY, Span::hours(23)));
    assert_eq!(shorter, "lease_maximum: is shorter than the usual lease of 1 day: lengthen it");
}

#[test]
fn all_bad_fields_are_reported_at_once() {
    let mut terms = other();
    terms.seats = Seats::Limited(0);
    terms.lease = lease(SECOND, Span::ZERO, SECOND);
    terms.grace = Span::seconds(u64::MAX);
    terms.validity = Validity::FromIssue(Span::ZERO.into());
    terms.maintenance = Maintenance::FromIssue(Span::ZERO.into());
    terms.trial = Some(Trial { lasts: Span::ZERO, features: FeatureValues::new() });
    terms.sign_in = SignIn::Role(String::new());
    terms.overage = Overage::Percent(0);
    terms.holding = Holding::Fixed;
    terms.release = Release::Limited { times: 0, per: DAY };
    terms.transfers = Transfers::Limited { moves: 0, per: DAY };
    let wrong = terms.check().unwrap_err();
    let fields: Vec<&str> = wrong.0.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "seats",
            "overage",
            "when_full",
            "lease_default",
            "lease_maximum",
            "lease_minimum",
            "lease_minimum",
            "grace",
            "validity",
            "maintenance",
            "trial",
            "sign_in",
            "release",
            "transfers",
        ]
    );
}

#[test]
fn overage_is_added_to_the_seats_and_percentages_are_rounded_down() {
    let allowed = |seats, overage| Terms { seats, overage, ..Terms::default() }.allowed();
    for (seats, overage, all) in [
        (3, Overage::None, 3),
        (3, Overage::Seats(2), 5),
        (10, Overage::Percent(10), 11),
        (9, Overage::Percent(10), 9),
        (19, Overage::Percent(10), 20),
        (1, Overage::Percent(1_000), 11),
        (MOST_SEATS, Overage::Percent(1_000), MOST_SEATS),
        (MOST_SEATS - 1, Overage::Seats(MOST_SEATS), MOST_SEATS),
        (u32::MAX, Overage::Percent(u32::MAX), u32::MAX),
    ] {
        assert_eq!(allowed(Seats::Limited(seats), overage), Some(all), "{seats} {overage:?}");
    }
    assert_eq!(allowed(Seats::Unlimited, Overage::None), None);
}
