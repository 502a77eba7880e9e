//! One trial for each device and product.

use chrono::TimeDelta;
use licensing::{
    Refusal, Span,
    activation::{Purpose, Rule},
    feature::FeatureValues,
    terms::Trial,
};
use proptest::prelude::*;

use super::{Case, strategy};

/// A trial of 14 days that this device began `ago`.
fn began(ago: Option<TimeDelta>) -> Case {
    Case::with(|case| {
        case.license.terms.trial = Some(Trial { lasts: Span::days(14), features: FeatureValues::new() });
        case.trial_began_at = ago.map(|ago| case.now - ago);
    })
}

#[test]
fn the_window_opens_with_the_first_trial_of_the_product() {
    let case = began(None);
    let grant = case.decide().unwrap();
    assert!(grant.trial_begins);
    assert_eq!(grant.trial_ends_at, Some(Span::days(14).after(case.now)));
    assert_eq!((grant.lease_ends_at, grant.token_expires_at), (Span::days(14).after(case.now), grant.lease_ends_at));
}

#[test]
fn a_second_code_opens_no_second_window() {
    let case = began(Some(TimeDelta::days(10)));
    let grant = case.decide().unwrap();
    assert!(!grant.trial_begins);
    assert_eq!(grant.trial_ends_at, Some(Span::days(4).after(case.now)));
    assert_eq!(grant.token_expires_at, Span::days(4).after(case.now), "neither lease nor grace extends past it");
}

#[test]
fn a_closed_window_is_answered_like_an_unknown_code() {
    for purpose in [Purpose::Activate, Purpose::Renew, Purpose::CheckIn] {
        let mut case = began(Some(TimeDelta::days(14))).with_a_seat();
        case.request.purpose = purpose;
        let refused = case.decide().unwrap_err();
        assert_eq!((refused.rule, &refused.refusal), (Rule::TrialOpen, &Refusal::TrialOver { ended_at: case.now }));
        let unknown = Refusal::CodeNotFound { ended: false };
        assert_eq!((refused.refusal.code(), refused.refusal.to_string()), (unknown.code(), unknown.to_string()));
    }
    assert_eq!(began(Some(TimeDelta::days(14) - TimeDelta::seconds(1))).decided_by(), None);
}

#[test]
fn a_license_without_a_trial_opens_no_window() {
    let case = Case::with(|case| case.trial_began_at = Some(case.now - TimeDelta::days(900)));
    let grant = case.decide().unwrap();
    assert_eq!((grant.trial_ends_at, grant.trial_begins), (None, false));
}

proptest! {
    #[test]
    fn nothing_runs_past_the_trial(case in strategy::granted()) {
        let grant = case.decide().unwrap();
        if let Some(end) = grant.trial_ends_at {
            prop_assert!(grant.lease_ends_at <= end && grant.token_expires_at <= end);
        }
        prop_assert_eq!(grant.trial_ends_at.is_some(), case.license.terms.trial.is_some());
    }
}
