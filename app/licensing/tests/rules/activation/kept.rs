//! Facts that are stored and read again.

use licensing::{
    Terms,
    activation::{Kept, Rule, Verdict},
    terms::{EmailTerm, SignIn},
};
use proptest::prelude::*;

use super::{Case, people::person, strategy};
use crate::email;

/// Serializes the facts and reads them back.
fn kept(case: &Case, counted: bool) -> Kept {
    let text = serde_json::to_string(&Kept::of(case.facts(), counted, &case.request, case.now)).unwrap();
    serde_json::from_str(&text).unwrap()
}

proptest! {
    #[test]
    fn stored_facts_explain_the_original_decision(case in prop_oneof![strategy::case(), strategy::damaged()]) {
        let kept = kept(&case, true);
        prop_assert_eq!(kept.explain(case.now), case.explain());
        prop_assert_eq!(kept.decide(case.now), case.decide());
    }

    #[test]
    fn stored_facts_are_small_and_contain_no_email_address(case in strategy::case()) {
        let text = serde_json::to_string(&Kept::of(case.facts(), true, &case.request, case.now)).unwrap();
        prop_assert!(!text.contains('@') && !text.contains("ada"), "{}", text);
        prop_assert!(text.len() < 1_200, "{} bytes: {}", text.len(), text);
    }
}

#[test]
fn an_ordinary_decision_is_stored_briefly() {
    let case = Case::good();
    let text = serde_json::to_string(&Kept::of(case.facts(), true, &case.request, case.now)).unwrap();
    insta::assert_snapshot!(text, @r#"{"v":1,"license":{"state":"active","terms":{"seats":{"limited":3}},"email":true,"issued_at":"2026-01-01T00:00:00Z","first_activated_at":"2026-01-02T00:00:00Z"},"seats":[1,null,0],"asked":{"purpose":"activate","email":"own","version":"2.1.0"}}"#);
}

#[test]
fn defaults_of_stored_decisions_do_not_change() {
    // Stored decisions contain only the differences from these terms. If the defaults change, the format needs a new
    // version, and decisions of the old version keep the old defaults.
    insta::assert_snapshot!(serde_json::to_string(&Terms::default()).unwrap(), @r#"{"seats":{"limited":1},"holding":"fixed","when_full":"refuse","overage":"none","lease":{"default":2592000,"minimum":3600,"maximum":7776000},"grace":604800,"validity":"perpetual","after_end":"stop","trial":null,"features":{},"grace_features":{},"email":"not-asked","sign_in":"not-asked","devices":"any","identity":"license","versions":"any","maintenance":"always","reactivation":"same-seat","release":"by-device","transfers":{"limited":{"moves":5,"per":2592000}},"strictness":"lenient"}"#);
}

#[test]
fn uncounted_seats_are_not_invented() {
    let case = Case::with(|case| {
        case.license.terms.email = EmailTerm::Required;
        case.request.email = None;
    });
    let steps = kept(&case, false).explain(case.now);
    let seats = steps.iter().find(|step| step.rule == Rule::SeatFree).unwrap();
    assert_eq!(seats.verdict, Verdict::NotAsked);
    assert_eq!(seats.facts.to_string(), "seats were not counted: another rule had decided");
    assert_eq!(steps.iter().filter(|step| matches!(step.verdict, Verdict::Failed(_))).count(), 1);
}

#[test]
fn of_many_roles_only_the_one_that_counts_is_stored() {
    let mut case = Case::with(|case| case.license.terms.sign_in = SignIn::Role("studio".to_owned()));
    let mut somebody = person(Some(email("ada@example.com")), &[]);
    somebody.roles = (0..500).map(|n| format!("role-{n}")).chain(["studio".to_owned()]).collect();
    case.request.person = Some(somebody);
    let kept = kept(&case, true);
    assert!(kept.decide(case.now).is_ok());
    assert!(serde_json::to_string(&kept).unwrap().len() < 1_000);
}
