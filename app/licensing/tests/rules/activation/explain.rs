//! Decisions, rule by rule.

use licensing::{
    activation::{Facts, Purpose, Request, Rule, Step, Verdict, explain},
    terms::{EmailTerm, Holding, Maintenance, SignIn, Versions, WhenFull},
};
use proptest::prelude::*;

use super::{Case, strategy};
use crate::{at, email, range};

fn told(case: &Case) -> String {
    case.explain().iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(step: &Step) -> String {
    let said = match &step.verdict {
        Verdict::Passed => "yes",
        Verdict::Failed(refusal) => refusal.code(),
        Verdict::NotAsked => "-",
    };
    format!("{}: {said}: {}", step.rule.name(), step.facts)
}

proptest! {
    #[test]
    fn what_is_explained_is_what_was_decided(case in prop_oneof![strategy::case(), strategy::damaged()]) {
        let steps = case.explain();
        prop_assert_eq!(steps.iter().map(|step| step.rule).collect::<Vec<_>>(), Rule::ALL.to_vec());
        let first_no = steps.into_iter().find_map(|step| match step.verdict {
            Verdict::Failed(refusal) => Some((step.rule, refusal)),
            Verdict::Passed | Verdict::NotAsked => None,
        });
        prop_assert_eq!(case.decide().err().map(|refused| (refused.rule, refused.refusal)), first_no);
    }

    #[test]
    fn every_rule_says_what_it_saw(case in strategy::case()) {
        for step in case.explain() {
            prop_assert!(!step.facts.to_string().is_empty(), "{:?}", step.rule);
            let kept = serde_json::to_string(&step).unwrap();
            prop_assert_eq!(serde_json::from_str::<Step>(&kept).unwrap(), step);
        }
    }

    #[test]
    fn an_explanation_gives_no_address_away(case in strategy::case()) {
        prop_assert!(!told(&case).contains('@'));
    }
}

#[test]
fn a_grant_is_explained() {
    insta::assert_snapshot!(told(&Case::good()), @r"
    code_known: yes: a license has this code
    not_ended: yes: the license never ends
    trial_open: -: not a trial
    product_available: yes: the product is active
    not_revoked: yes: the license is active
    not_suspended: yes: the license is active
    session_alive: -: not needed
    signed_in: -: no sign-in is asked for
    person_allowed: -: no sign-in is asked for
    email_given: -: no address is asked for
    email_matches: -: no address is asked for
    device_not_blocked: yes: the device is not blocked
    device_authorized: -: any device may activate
    version_covered: -: version 2.1.0
    may_activate_again: -: the device holds no seat that it could activate again; activating again gets the same seat
    not_elsewhere: -: the device may hold seats of other licenses
    seat_free: yes: seats 1 of 3
    ");
}

#[test]
fn a_refusal_is_explained_with_all_that_stands_in_the_way() {
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
    insta::assert_snapshot!(told(&case), @r"
    code_known: yes: a license has this code
    not_ended: yes: the license never ends
    trial_open: -: not a trial
    product_available: yes: the product is active
    not_revoked: yes: the license is active
    not_suspended: yes: the license is active
    session_alive: -: not needed
    signed_in: authentication_required: nobody is signed in; must be: anyone from example.com
    person_allowed: -: nobody is signed in; must be: anyone from example.com
    email_given: yes: an address came; asked for: the license's own
    email_matches: email_mismatch: the address is not the license's; asked for: the license's own
    device_not_blocked: yes: the device is not blocked
    device_authorized: -: any device may activate
    version_covered: version_not_covered: version 2.1.0; covers <2; covers what is released until 12 March 2027
    may_activate_again: -: the device holds no seat that it could activate again; activating again gets the same seat
    not_elsewhere: -: the device may hold seats of other licenses
    seat_free: seat_limit: seats 5 of 3; 1 lapsed
    ");
}

#[test]
fn a_renewal_is_explained() {
    let mut case = Case::session(Purpose::Renew);
    case.license.terms.email = EmailTerm::Required;
    case.license.terms.sign_in = SignIn::Required;
    insta::assert_snapshot!(told(&case), @r"
    code_known: yes: a license has this code
    not_ended: yes: the license never ends
    trial_open: -: not a trial
    product_available: yes: the product is active
    not_revoked: yes: the license is active
    not_suspended: yes: the license is active
    session_alive: yes: the session was neither revoked nor released
    signed_in: -: the session has proved whose it is
    person_allowed: -: the session has proved whose it is
    email_given: -: the session has proved whose it is
    email_matches: -: the session has proved whose it is
    device_not_blocked: yes: the device is not blocked
    device_authorized: -: any device may activate
    version_covered: -: no version was named
    may_activate_again: -: the session goes on; activating again gets the same seat
    not_elsewhere: -: the device may hold seats of other licenses
    seat_free: -: the device's seat counts already
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
