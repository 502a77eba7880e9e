//! Which rule decides when one or several fail.

use chrono::TimeDelta;
use licensing::{
    Refusal, Span,
    activation::{BlockScope, Facts, Purpose, Request, Rule, SeatCount, Seating, decide},
    feature::FeatureValues,
    license::State,
    product::Lifecycle,
    terms::{Devices, EmailTerm, Identity, Reactivation, Seats, SignIn, Trial, Validity, Versions},
};

use super::{Case, Spoil, people::person};
use crate::{email, range, version};

/// The rules that look at a license, in order, each with a change that makes it fail.
const SPOILS: [(Rule, Spoil); 16] = [
    (Rule::NotEnded, |case| case.license.terms.validity = Validity::Until(case.now)),
    (Rule::TrialOpen, |case| {
        case.license.terms.trial = Some(Trial { lasts: Span::days(14), features: FeatureValues::new() });
        case.trial_began_at = Some(case.now - TimeDelta::days(14));
    }),
    (Rule::ProductAvailable, |case| case.license.lifecycle = Lifecycle::Withdrawn),
    (Rule::NotRevoked, |case| case.license.state = State::Revoked),
    (Rule::NotSuspended, |case| case.license.state = State::Suspended),
    (Rule::SessionAlive, |case| (case.request.purpose, case.device) = (Purpose::Renew, None)),
    (Rule::SignedIn, |case| {
        case.request.person = None;
        if case.license.terms.sign_in == SignIn::NotAsked {
            case.license.terms.sign_in = SignIn::Required;
        }
    }),
    (Rule::PersonAllowed, |case| {
        case.license.terms.sign_in = SignIn::Role("studio".to_owned());
        case.request.person = Some(person(None, &["office"]));
    }),
    (Rule::EmailGiven, |case| {
        case.request.email = None;
        if case.license.terms.email == EmailTerm::NotAsked {
            case.license.terms.email = EmailTerm::Required;
        }
    }),
    (Rule::EmailMatches, |case| {
        case.request.email = Some(email("eve@example.com"));
        case.license.terms.email = EmailTerm::MustMatch;
    }),
    (Rule::DeviceNotBlocked, |case| case.blocked = Some(BlockScope::Product)),
    (Rule::DeviceAuthorized, |case| case.license.terms.devices = Devices::Authorized),
    (Rule::VersionCovered, |case| case.license.terms.versions = Versions::Range(range("<2"))),
    (Rule::MayActivateAgain, |case| {
        case.license.terms.reactivation = Reactivation::Refuse;
        *case = case.clone().with_a_seat();
    }),
    (Rule::NotElsewhere, |case| {
        case.license.terms.identity = Identity::Product;
        case.elsewhere = true;
    }),
    (Rule::SeatFree, |case| case.seats.used = 3),
];

/// Pairs of rules that cannot both fail: a license has only one state, and a device that holds a seat needs neither
/// another one nor a check for seats elsewhere.
fn exclude_each_other(a: Rule, b: Rule) -> bool {
    [
        (Rule::NotRevoked, Rule::NotSuspended),
        (Rule::MayActivateAgain, Rule::NotElsewhere),
        (Rule::MayActivateAgain, Rule::SeatFree),
    ]
    .contains(&(a, b))
}

#[test]
fn the_rules_are_checked_in_the_order_of_the_trace() {
    let reported: Vec<Rule> = [Rule::CodeKnown].into_iter().chain(SPOILS.map(|(rule, _)| rule)).collect();
    assert_eq!(Rule::ALL.to_vec(), reported);
}

#[test]
fn a_device_is_admitted_when_no_rule_fails() {
    assert_eq!(Case::good().decided_by(), None);
    assert_eq!(Case::good().with_a_seat().decided_by(), None);
}

#[test]
fn each_rule_refuses_on_its_own() {
    for (rule, spoil) in SPOILS {
        assert_eq!(Case::with(spoil).decided_by(), Some(rule));
    }
}

#[test]
fn the_first_failing_rule_decides() {
    for (i, (first, spoil_first)) in SPOILS.into_iter().enumerate() {
        for (second, spoil_second) in SPOILS.into_iter().skip(i + 1) {
            if !exclude_each_other(first, second) {
                let case = Case::with(|case| {
                    spoil_second(case);
                    spoil_first(case);
                });
                assert_eq!(case.decided_by(), Some(first), "{first:?} before {second:?}");
            }
        }
    }
}

#[test]
fn when_every_rule_fails_the_first_decides() {
    for (i, (first, _)) in SPOILS.into_iter().enumerate() {
        let case = Case::with(|case| SPOILS[i..].iter().rev().for_each(|(_, spoil)| spoil(case)));
        assert_eq!(case.decided_by(), Some(first));
    }
}

#[test]
fn an_unknown_code_is_refused_before_any_other_check() {
    let refused = decide(Facts::default(), &Request::default(), Case::good().now).unwrap_err();
    assert_eq!(refused.rule, Rule::CodeKnown);
    assert_eq!(refused.refusal, Refusal::CodeNotFound { ended: false });
}

#[test]
fn an_ended_license_answers_like_an_unknown_code() {
    for state in [State::Active, State::Suspended, State::Revoked] {
        let refused = Case::with(|case| {
            case.license.terms.validity = Validity::Until(case.now - TimeDelta::days(1));
            case.license.state = state;
            case.license.lifecycle = Lifecycle::Withdrawn;
        })
        .decide()
        .unwrap_err();
        assert_eq!(refused.refusal, Refusal::CodeNotFound { ended: true });
        assert_eq!(refused.refusal.code(), "code_not_found");
    }
}

#[test]
fn a_seat_does_not_bypass_earlier_rules() {
    for (rule, spoil) in SPOILS.into_iter().filter(|(rule, _)| ![Rule::NotElsewhere, Rule::SeatFree].contains(rule)) {
        let mut case = Case::good().with_a_seat();
        spoil(&mut case);
        assert_eq!(case.decided_by(), Some(rule));
    }
}

#[test]
fn a_renewal_needs_no_free_seat() {
    for used in [3, 4, u32::MAX] {
        let grant =
            Case { seats: SeatCount { used, ..SeatCount::default() }, ..Case::good().with_a_seat() }.decide().unwrap();
        assert_eq!(grant.seating, Seating::Kept);
        assert!(!grant.takes_seat);
    }
}

#[test]
fn a_seat_limit_states_the_number_and_when_the_next_seat_is_free() {
    let case = Case::with(|case| case.seats.used = 4);
    let expected = Refusal::SeatLimit { used: 4, allowed: 3, next_at: case.seats.next_at };
    assert_eq!(case.decide().unwrap_err().refusal, expected);
    let unlimited = Case::with(|case| {
        case.seats.used = u32::MAX;
        case.license.terms.seats = Seats::Unlimited;
    });
    assert_eq!(unlimited.decided_by(), None);
}

#[test]
fn an_email_is_required_as_the_policy_says() {
    use EmailTerm::{MustMatch, NotAsked, Required};
    let (ada, eve) = (Some(email("ada@example.com")), Some(email("eve@example.com")));
    for (term, own, given, decides) in [
        (NotAsked, &ada, &None, None),
        (NotAsked, &ada, &eve, None),
        (Required, &ada, &None, Some(Rule::EmailGiven)),
        (Required, &ada, &eve, None),
        (Required, &None, &eve, None),
        (MustMatch, &ada, &None, Some(Rule::EmailGiven)),
        (MustMatch, &ada, &eve, Some(Rule::EmailMatches)),
        (MustMatch, &None, &eve, Some(Rule::EmailMatches)),
        (MustMatch, &ada, &Some(email("ADA@Example.com")), None),
    ] {
        let case = Case::with(|case| {
            case.license.terms.email = term;
            case.license.email.clone_from(own);
            case.request.email.clone_from(given);
        });
        assert_eq!(case.decided_by(), decides, "{term:?}, {own:?}, {given:?}");
    }
}

#[test]
fn a_version_is_checked_only_if_both_sides_name_one() {
    let covered = |versions: Versions, asked: Option<&str>| {
        let case = Case::with(|case| {
            case.license.terms.versions = versions.clone();
            case.request.version = asked.map(version);
        });
        case.decide().map(|_| ()).map_err(|refused| refused.refusal)
    };
    let below_3 = || Versions::Range(range("<3"));
    assert_eq!(covered(below_3(), Some("2.9.9")), Ok(()));
    assert_eq!(covered(below_3(), None), Ok(()));
    assert_eq!(covered(Versions::Any, Some("9.9.9")), Ok(()));
    let refusal = Refusal::VersionNotCovered { version: version("3.0.0"), range: range("<3") };
    assert_eq!(covered(below_3(), Some("3.0.0")), Err(refusal));
}

#[test]
fn refusing_reactivation_applies_only_to_devices_that_hold_a_seat() {
    let case = Case::with(|case| case.license.terms.reactivation = Reactivation::Refuse);
    assert_eq!(case.decided_by(), None, "a new device");
    let held = case.clone().with_a_seat();
    assert_eq!(held.decided_by(), Some(Rule::MayActivateAgain));
    let mut over = held.clone();
    over.device.as_mut().unwrap().hold_until = over.now;
    assert_eq!(over.decided_by(), None, "its seat has lapsed");
    let mut revoked = held;
    revoked.device.as_mut().unwrap().revoked = true;
    assert_eq!(revoked.decided_by(), None, "its seat was revoked");
}

#[test]
fn a_license_ends_in_the_second_of_its_end() {
    let ends_in = |ms: i64| {
        let case =
            Case::with(|case| case.license.terms.validity = Validity::Until(case.now + TimeDelta::milliseconds(ms)));
        case.decided_by()
    };
    // Now is 12:00:00.250.
    assert_eq!(ends_in(-1), Some(Rule::NotEnded));
    assert_eq!(ends_in(700), Some(Rule::NotEnded));
    assert_eq!(ends_in(750), None);
}
