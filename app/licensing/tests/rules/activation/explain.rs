//! Decisions, rule by rule.

use licensing::{
    activation::{Facts, Purpose, Request, Rule, Step, Verdict, explain},
    terms::{EmailTerm, Holding, Maintenance, SignIn, Versions, WhenFull},
};
use proptest::prelude::*;

use super::{Case, strategy};
use crate::{at, email, range};

fn reported(case: &Case) -> String {
    case.explain().iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(step: &Step) -> String {
    let text = match &step.verdict {
        Verdict::Passed => "yes",
        Verdict::Failed(refusal) => refusal.code(),
        Verdict::NotAsked => "-",
    };
    format!("{}: {text}: {}", step.rule.name(), step.facts)
}

proptest! {
    #[test]
    fn the_explanation_matches_the_decision(case in prop_oneof![strategy::case(), strategy::damaged()]) {
        let steps = case.explain();
        prop_assert_eq!(steps.iter().map(|step| step.rule).collect::<Vec<_>>(), Rule::ALL.to_vec());
        let first_no = steps.into_iter().find_map(|step| match step.verdict {
            Verdict::Failed(refusal) => Some((step.rule, refusal)),
            Verdict::Passed | Verdict::NotAsked => None,
        });
        prop_assert_eq!(case.decide().err().map(|refused| (refused.rule, refused.refusal)), first_no);
    }

    #[test]
    fn every_rule_states_its_facts(case in strategy::case()) {
        for step in case.explain() {
            prop_assert!(!step.facts.to_string().is_empty(), "{:?}", step.rule);
            let kept = serde_json::to_string(&step).unwrap();
            prop_assert_eq!(serde_json::from_str::<Step>(&kept).unwrap(), step);
        }
    }

    #[test]
    fn an_explanation_contains_no_email_address(case in strategy::case()) {
        prop_assert!(!reported(&case).contains('@'));
    }
}

#[test]
fn a_grant_is_explained() {
    insta::assert_snapshot!(reported(&Case::good()), @r"
    code_known: yes: a license has this code
    not_ended: yes: the license never ends
    trial_open: -: the license is not a trial
    product_available: yes: the product is active
    not_revoked: yes: the license is active
    not_suspended: yes: the license is active
    session_alive: -: not needed to activate
    signed_in: -: no sign-in is required
    person_allowed: -: no sign-in is required
    email_given: -: no address is required
    email_matches: -: no address is required
    device_not_blocked: yes: the device is not blocked
    device_authorized: -: any device may activate
    version_covered: -: version 2.1.0
    may_activate_again: -: the device is not activated; activating again gets the same seat
    not_elsewhere: -: the device may hold seats of other licenses
    seat_free: yes: seats 1 of 3
    ");
}

#[test]
fn a_refusal_is_explained_with_every_rule_that_fails() {
    let case = Case::with(|case| {
        case.license.terms.versions = Versions::Range(range("<2"));
        case.license.terms.maintenance = Maintenance::Until(at("2027-03-12T00:00:00Z"));
        case.license.terms.email = EmailTerm::MustMatch;
        case.license.terms.sign_in = SignIn::Domain("example.com".to_owned());
        case.license.terms.holding = Holding::Floating;
        case.license.terms.when_full = WhenFull::TakeOver;
        case.request.email = Some(email("eve@example.com"));
        (case.seats.used, case.seats.lapsed) = (5, 1);
    });
    insta::assert_snapshot!(reported(&case), @r"
    code_known: yes: a license has this code
    not_ended: yes: the license never ends
    trial_open: -: the license is not a trial
    product_available: yes: the product is active
    not_revoked: yes: the license is active
    not_suspended: yes: the license is active
    session_alive: -: not needed to activate
    signed_in: authentication_required: no user is signed in; must be: anyone from example.com
    person_allowed: -: no user is signed in; must be: anyone from example.com
    email_given: yes: an address was sent; required: the license’s own
    email_matches: email_mismatch: the address is not the license’s; required: the license’s own
    device_not_blocked: yes: the device is not blocked
    device_authorized: -: any device may activate
    version_covered: version_not_covered: version 2.1.0; covers <2; covers releases until 12 March 2027
    may_activate_again: -: the device is not activated; activating again gets the same seat
    not_elsewhere: -: the device may hold seats of other licenses
    seat_free: seat_limit: seats 5 of 3; 1 lapsed
    ");
}

#[test]
fn a_renewal_is_explained() {
    let mut case = Case::session(Purpose::Renew);
    case.license.terms.email = EmailTerm::Required;
    case.license.terms.sign_in = SignIn::Required;
    insta::assert_snapshot!(reported(&case), @r"
    code_known: yes: a license has this code
    not_ended: yes: the license never ends
    trial_open: -: the license is not a trial
    product_available: yes: the product is active
    not_revoked: yes: the license is active
    not_suspended: yes: the license is active
    session_alive: yes: the session was neither revoked nor released
    signed_in: -: the session was verified when it began
    person_allowed: -: the session was verified when it began
    email_given: -: the session was verified when it began
    email_matches: -: the session was verified when it began
    device_not_blocked: yes: the device is not blocked
    device_authorized: -: any device may activate
    version_covered: -: the software named no version
    may_activate_again: -: the session already exists; activating again gets the same seat
    not_elsewhere: -: the device may hold seats of other licenses
    seat_free: -: the device already holds a seat
    ");
}

#[test]
fn an_unknown_code_is_explained_without_a_license() {
    let steps = explain(Facts::default(), &Request::default(), Case::good().now);
    let [first, rest @ ..] = steps.as_slice() else { panic!("no steps") };
    insta::assert_snapshot!(line(first), @"code_known: code_not_found: no license has this code");
    assert_eq!(rest.len(), Rule::ALL.len() - 1);
    assert!(rest.iter().all(|step| step.verdict == Verdict::NotAsked));
}
