//! Terms that contradict each other.

use licensing::{
    Span, Terms,
    feature::{Feature, FeatureKind, FeatureValue, FeatureValues},
    terms::{AfterEnd, Holding, Overage, Seats, Strictness, Trial, Validity, WhenFull},
};

use super::{checked, values};
use crate::{DAY, at};

fn trial(lasts: Span) -> Option<Trial> {
    Some(Trial { lasts, features: FeatureValues::new() })
}

#[test]
fn only_floating_seats_can_be_taken_over() {
    let full = |holding| checked(|t| (t.holding, t.when_full) = (holding, WhenFull::TakeOver));
    assert_eq!(full(Holding::Floating), "good");
    insta::assert_snapshot!(full(Holding::Fixed), @"when_full: can take over only floating seats: make seats floating, or refuse when all are in use");
}

#[test]
fn a_seat_that_must_cool_down_cannot_be_taken_over() {
    let strict = |when_full| {
        checked(|t| (t.holding, t.when_full, t.strictness) = (Holding::Floating, when_full, Strictness::Strict))
    };
    assert_eq!(strict(WhenFull::Refuse), "good");
    insta::assert_snapshot!(strict(WhenFull::TakeOver), @"when_full: cannot take over seats when a freed seat waits for its tokens to end: refuse when all are in use, or do not wait");
}

#[test]
fn unlimited_seats_have_no_overage() {
    for overage in [Overage::Seats(1), Overage::Percent(1)] {
        let text = checked(|t| (t.seats, t.overage) = (Seats::Unlimited, overage));
        assert_eq!(text, "overage: has no effect with unlimited seats: allow none, or limit the seats");
    }
}

#[test]
fn a_license_that_never_ends_has_no_setting_for_its_end() {
    let keeps = |validity| checked(|t| (t.validity, t.after_end) = (validity, AfterEnd::KeepRunning));
    for validity in [
        Validity::Until(at("2027-01-01T00:00:00Z")),
        Validity::FromIssue(DAY.into()),
        Validity::FromFirstActivation(DAY.into()),
    ] {
        assert_eq!(keeps(validity), "good");
    }
    insta::assert_snapshot!(keeps(Validity::Perpetual), @"after_end: applies only to a license that ends: choose to stop, or set an end");
}

#[test]
fn a_trial_does_not_keep_running() {
    let text = checked(|t| {
        (t.trial, t.validity, t.after_end) = (trial(DAY), Validity::FromIssue(DAY.into()), AfterEnd::KeepRunning);
    });
    insta::assert_snapshot!(text, @"trial: ends, but the license keeps running after its end: choose one of them");
}

#[test]
fn a_trial_is_at_least_as_long_as_the_shortest_lease() {
    // One hour by default.
    assert_eq!(checked(|t| t.trial = trial(Span::hours(1))), "good");
    insta::assert_snapshot!(checked(|t| t.trial = trial(Span::minutes(59))), @"trial: is shorter than the shortest lease of 1 hour: lengthen the trial, or shorten the lease");
}

#[test]
fn feature_values_must_fit_the_product_in_every_term() {
    let product =
        [Feature { code: "export".to_owned(), kind: FeatureKind::Boolean, default: FeatureValue::Boolean(false) }];
    let terms = |code: &str| Terms {
        features: values(code, true),
        grace_features: values(code, false),
        trial: Some(Trial { lasts: DAY, features: values(code, true) }),
        ..Terms::default()
    };
    assert_eq!(Terms::default().check_features(&product), Ok(()));
    assert_eq!(terms("export").check_features(&product), Ok(()));
    insta::assert_snapshot!(terms("fly").check_features(&product).unwrap_err(), @"features: the product has no feature fly; trial: the product has no feature fly; grace_features: the product has no feature fly");
}
