//! The sentences that the user of the software reads.

use std::collections::HashSet;

use licensing::{Refusal, activation::Rule};

use crate::{at, range, version};

fn all() -> [Refusal; 11] {
    let seat_limit = |used, allowed, next_at| Refusal::SeatLimit { used, allowed, next_at };
    [
        Refusal::CodeNotFound { ended: false },
        Refusal::CodeNotFound { ended: true },
        Refusal::ProductUnavailable,
        Refusal::LicenseRevoked,
        Refusal::LicenseSuspended,
        Refusal::EmailRequired,
        Refusal::EmailMismatch,
        Refusal::VersionNotCovered { version: version("3.1.0"), range: range("<3") },
        Refusal::AlreadyActivated,
        seat_limit(1, 1, None),
        seat_limit(6, 5, Some(at("2026-11-26T22:05:59Z"))),
    ]
}

#[test]
fn every_refusal_is_a_sentence_with_a_way_on() {
    let said = all().map(|r| format!("{}: {r}", r.code())).join("\n");
    insta::assert_snapshot!(said, @r#"
    code_not_found: This activation code is not known or no longer valid: check it for slips, or ask your vendor for a new one.
    code_not_found: This activation code is not known or no longer valid: check it for slips, or ask your vendor for a new one.
    product_unavailable: This product is no longer available for activation: ask your vendor what replaces it.
    license_revoked: This license was revoked: ask your vendor why.
    license_suspended: This license is suspended: ask your vendor to reinstate it, then try again.
    email_required: This license asks for an e-mail address: enter yours and try again.
    email_mismatch: This is not the e-mail address the license was issued to: enter the one your order was sent to.
    version_not_covered: This license covers versions <3, not 3.1.0: use a version it covers, or renew it.
    already_activated: This device is activated already, and this license allows that once: use the token it has, or ask your vendor to free its seat.
    seat_limit: The only seat of this license is in use on another device: ask your vendor to free one or to add more.
    seat_limit: All 5 seats of this license are in use (6 of 5): ask your vendor to free one or to add more, or try again after 26 November 2026, 22:05 UTC, when the next comes free.
    "#);
}

#[test]
fn an_ended_license_and_an_unknown_code_are_told_alike() {
    let [unknown, ended, ..] = all();
    assert_eq!((unknown.code(), unknown.to_string()), (ended.code(), ended.to_string()));
    assert_ne!(unknown, ended, "inside they are told apart");
}

#[test]
fn a_refusal_is_recorded_under_the_code_it_is_answered_with() {
    for refusal in all() {
        let kept = serde_json::to_value(&refusal).unwrap();
        assert_eq!(kept["code"], refusal.code());
        assert_eq!(serde_json::from_value::<Refusal>(kept).unwrap(), refusal);
    }
}

#[test]
fn a_seat_limit_is_recorded_with_its_numbers() {
    let refusal = Refusal::SeatLimit { used: 5, allowed: 5, next_at: Some(at("2026-07-01T00:00:00Z")) };
    insta::assert_snapshot!(
        serde_json::to_string(&refusal).unwrap(),
        @r#"{"code":"seat_limit","used":5,"allowed":5,"next_at":"2026-07-01T00:00:00Z"}"#
    );
}

#[test]
fn a_rule_is_recorded_under_its_name() {
    let names: HashSet<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    assert_eq!(names.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        assert_eq!(serde_json::to_value(rule).unwrap(), rule.name());
    }
}
