//! The stored form of terms, including forms that earlier versions wrote.

use licensing::{
    Overrides, Span, Terms,
    activation::Snapshot,
    feature::FeatureValues,
    terms::{Holding, Lease, Overage, Release, Seats, Strictness, Transfers, Validity, Versions},
};
use serde_json::{from_value, json, to_value};

use super::{other, values};
use crate::range;

#[test]
fn terms_are_stored_as_readable_json() {
    insta::assert_json_snapshot!(other(), @r#"
    {
      "seats": {
        "limited": 20
      },
      "holding": "floating",
      "when_full": "take-over",
      "overage": {
        "percent": 10
      },
      "lease": {
        "default": 86400,
        "minimum": 60,
        "maximum": 3155760000
      },
      "grace": 0,
      "validity": {
        "from-issue": 86400
      },
      "after_end": "stop",
      "trial": {
        "lasts": 86400,
        "features": {
          "export": false
        }
      },
      "features": {
        "export": true
      },
      "grace_features": {
        "sync": false
      },
      "email": "must-match",
      "sign_in": {
        "domain": "example.com"
      },
      "devices": "authorized",
      "identity": "product",
      "versions": {
        "range": "<3"
      },
      "maintenance": {
        "from-issue": 86400
      },
      "reactivation": "refuse",
      "release": {
        "limited": {
          "times": 3,
          "per": 86400
        }
      },
      "transfers": "unlimited",
      "strictness": "lenient"
    }
    "#);
    for terms in [Terms::default(), other()] {
        assert_eq!(from_value::<Terms>(to_value(&terms).unwrap()).unwrap(), terms);
    }
}

#[test]
fn terms_stored_by_an_earlier_version_read_with_the_same_meaning() {
    let stored = json!({
        "seats": {"limited": 3},
        "lease": {"default": 86_400, "minimum": 60, "maximum": 172_800},
        "grace": 3_600,
        "validity": {"from-issue": 31_536_000},
        "email": "must-match",
        "versions": {"range": "<3"},
        "reactivation": "refuse",
        "release": "by-support",
    });
    let read: Terms = from_value(stored).unwrap();
    let usual = Terms::default();
    assert_eq!(
        read,
        Terms {
            seats: Seats::Limited(3),
            lease: Lease { default: Span::days(1), minimum: Span::minutes(1), maximum: Span::days(2) },
            grace: Span::hours(1),
            validity: Validity::FromIssue(Span::days(365).into()),
            email: licensing::terms::EmailTerm::MustMatch,
            versions: Versions::Range(range("<3")),
            reactivation: licensing::terms::Reactivation::Refuse,
            release: Release::BySupport,
            ..usual.clone()
        }
    );
    assert_eq!((read.holding, read.strictness, read.overage), (Holding::Fixed, Strictness::Lenient, Overage::None));
    assert_eq!(read.transfers, Transfers::Limited { moves: 5, per: Span::days(30) });
    assert_eq!(read.check(), Ok(()));
    // The default of every newer member is the earlier behavior.
    assert_eq!((read.after_end, read.trial, read.features), (usual.after_end, None, FeatureValues::new()));
}

#[test]
fn a_stored_policy_without_seats_does_not_read() {
    assert!(from_value::<Terms>(json!({"grace": 0})).is_err());
}

#[test]
fn overrides_stored_by_an_earlier_version_read_with_the_same_meaning() {
    let read: Overrides = from_value(json!({"seats": "unlimited", "release": "by-device"})).unwrap();
    let own = Overrides { seats: Some(Seats::Unlimited), release: Some(Release::ByDevice), ..Overrides::default() };
    assert_eq!(read, own);
}

#[test]
fn a_snapshot_from_before_trials_reads_and_is_written_unchanged() {
    let stored = json!({
        "policy": "Studio",
        "customer": null,
        "grace": 604_800,
        "versions": "any",
        "features": {"export": true},
    });
    let read: Snapshot = from_value(stored.clone()).unwrap();
    assert_eq!((read.trial, read.grace_features.len()), (false, 0));
    assert_eq!(to_value(&read).unwrap(), stored);
    let trial = Snapshot { trial: true, grace_features: values("export", false), ..read };
    assert_eq!(from_value::<Snapshot>(to_value(&trial).unwrap()).unwrap(), trial);
}
