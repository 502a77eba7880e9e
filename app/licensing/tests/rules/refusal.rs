//! The sentences that users of the vendor's software read.

use std::collections::HashSet;

use licensing::{
    Refusal, Span,
    activation::{BlockScope, Rule},
    terms::Identity,
};

use crate::{at, range, version};

fn all() -> [Refusal; 24] {
    let seat_limit = |used, allowed, next_at| Refusal::SeatLimit { used, allowed, next_at };
    let too_new =
        |newest| Refusal::VersionTooNew { version: version("3.1.0"), newest, until: at("2026-03-01T00:00:00Z") };
    [
        Refusal::CodeNotFound { ended: false },
        Refusal::CodeNotFound { ended: true },
        Refusal::TrialOver { ended_at: at("2026-11-26T22:05:59Z") },
        Refusal::ProductUnavailable,
        Refusal::LicenseRevoked,
        Refusal::LicenseSuspended,
        Refusal::SessionEnded,
        Refusal::AuthenticationRequired,
        Refusal::RoleMissing { role: "studio".to_owned() },
        Refusal::PersonMismatch,
        Refusal::DomainMismatch { domain: "example.com".to_owned() },
        Refusal::EmailRequired,
        Refusal::EmailMismatch,
        Refusal::DeviceBlocked { scope: BlockScope::Product },
        Refusal::DeviceNotAuthorized,
        Refusal::VersionNotCovered { version: version("3.1.0"), range: range("<3") },
        too_new(None),
        too_new(Some(version("2.9.0"))),
        Refusal::AlreadyActivated,
        Refusal::ActivatedElsewhere { within: Identity::Policy },
        seat_limit(1, 1, None),
        seat_limit(6, 5, Some(at("2026-11-26T22:05:59Z"))),
        Refusal::ReleaseNotAllowed,
        Refusal::TransferLimit { moves: 5, per: Span::days(30), next_at: at("2026-11-26T22:05:59Z") },
    ]
}

#[test]
fn the_list_of_codes_has_exactly_one_code_for_each_refusal() {
    assert_eq!(all().map(|refusal| refusal.code()).into_iter().collect::<HashSet<_>>(), Refusal::CODES.into());
}

#[test]
fn every_refusal_is_a_sentence_with_advice() {
    let text = all().map(|r| format!("{}: {r}", r.code())).join("\n");
    insta::assert_snapshot!(text, @r"
    code_not_found: This activation code is unknown or no longer valid: check it for typing errors, or ask your vendor for a new one.
    code_not_found: This activation code is unknown or no longer valid: check it for typing errors, or ask your vendor for a new one.
    code_not_found: This activation code is unknown or no longer valid: check it for typing errors, or ask your vendor for a new one.
    product_unavailable: This product is no longer available for activation: ask your vendor what replaces it.
    license_revoked: This license was revoked: ask your vendor why.
    license_suspended: This license is suspended: ask your vendor to reinstate it, then try again.
    session_not_found: This device's session has ended: activate again with your activation code.
    authentication_required: This license requires sign-in: sign in and try again.
    authentication_required: This license requires the role “studio”: sign in with an account that has it, or ask your administrator for the role.
    email_mismatch: You are signed in with a different e-mail address from the one the license was issued to: sign in with that one.
    email_mismatch: This license requires an e-mail address at example.com: sign in with yours.
    email_required: This license requires an e-mail address: enter yours and try again.
    email_mismatch: This is not the e-mail address the license was issued to: enter the one your order was sent to.
    device_blocked: This device was blocked: ask your vendor why.
    device_not_authorized: This license runs only on devices that your vendor has registered: send them this device's fingerprint.
    version_not_covered: This license covers versions <3, not 3.1.0: use a version it covers, or renew the license.
    version_not_covered: This license covers versions released until 1 March 2026; 3.1.0 is newer: use a version it covers, or renew the license.
    version_not_covered: This license covers versions released until 1 March 2026, up to 2.9.0; 3.1.0 is newer: use a version it covers, or renew the license.
    already_activated: This device is already activated, and this license allows that only once: use the token it has, or ask your vendor to free its seat.
    already_activated: This device is already activated with another code: keep using that one, or release its seat first.
    seat_limit: The only seat of this license is in use on another device: ask your vendor to free one or to add more.
    seat_limit: All 5 seats of this license are in use (6 of 5): ask your vendor to free one or to add more, or try again after 26 November 2026, 22:05 UTC, when the next one becomes free.
    release_not_allowed: This license does not let devices release their seats: ask your vendor to free this one.
    transfer_limit: This license lets seats be transferred 5 times in 30 days: try again after 26 November 2026, 22:05 UTC, or ask your vendor to free the seat.
    ");
}

#[test]
fn full_licenses_are_described_by_their_number_of_seats() {
    let start = |used, allowed| {
        let refusal = Refusal::SeatLimit { used, allowed, next_at: None };
        refusal.to_string().split(':').next().unwrap().to_owned()
    };
    assert_eq!(start(1, 1), "The only seat of this license is in use on another device");
    assert_eq!(start(2, 2), "Both seats of this license are in use");
    assert_eq!(start(3, 3), "All 3 seats of this license are in use");
    assert_eq!(start(3, 2), "All 2 seats of this license are in use (3 of 2)");
}

#[test]
fn every_refusal_has_a_remedy() {
    let text = all().map(|r| r.remedy()).join("\n");
    insta::assert_snapshot!(text, @r"
    Compare the code with the one that was issued, letter by letter.
    Extend the license, or let it keep running after its end.
    Make the license’s trial longer, or remove it: this device’s trial ended on 26 November 2026, 22:05 UTC.
    Make the product active again.
    Create a new license: this one was revoked permanently.
    Reinstate the license.
    Activate the device again with its code.
    Have the user sign in, so that the software sends their access token; or require no sign-in in the terms.
    Grant the user the role “studio” at the identity provider, or change the terms.
    Make the user’s e-mail address, as verified by the identity provider, match the license’s: correct one of them.
    Have the user sign in with an e-mail address at example.com that the identity provider has verified, or change the domain in the terms.
    Send an e-mail address with the request, or require none in the terms.
    Make the e-mail address in the request match the license’s: correct one of them.
    Lift the block: this device is blocked for the whole product.
    Pre-register the device by its fingerprint.
    Use a version in <3, or change the range in the terms so that it covers the requested version.
    Use a version released until 1 March 2026, or extend maintenance past that day.
    Use a version up to 2.9.0, or extend maintenance past 1 March 2026.
    Free the device’s seat, or let devices activate again.
    Free the device’s other seat in the policy, or let devices run under several licenses.
    Free or add 1 seat.
    Free or add 2 seats, or wait until 26 November 2026, 22:05 UTC.
    Let devices release their seats in the terms, or free the seat yourself.
    Free the seat yourself, raise the limit of 5 transfers in 30 days, or wait until 26 November 2026, 22:05 UTC.
    ");
}

#[test]
fn an_ended_license_an_ended_trial_and_an_unknown_code_answer_alike() {
    let [unknown, ended, trial, ..] = all();
    for other in [ended, trial] {
        assert_eq!((unknown.code(), unknown.to_string()), (other.code(), other.to_string()));
        assert_ne!(unknown, other, "internally they differ");
    }
}

#[test]
fn a_refusal_is_recorded_with_its_reason() {
    for refusal in all() {
        let kept = serde_json::to_value(&refusal).unwrap();
        assert!(kept["reason"].is_string());
        assert_eq!(serde_json::from_value::<Refusal>(kept).unwrap(), refusal);
    }
}

#[test]
fn a_seat_limit_is_recorded_with_its_numbers() {
    let refusal = Refusal::SeatLimit { used: 5, allowed: 5, next_at: Some(at("2026-07-01T00:00:00Z")) };
    insta::assert_snapshot!(
        serde_json::to_string(&refusal).unwrap(),
        @r#"{"reason":"seat_limit","used":5,"allowed":5,"next_at":"2026-07-01T00:00:00Z"}"#
    );
}

#[test]
fn a_rule_is_recorded_under_its_name() {
    let names: HashSet<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    assert_eq!(names.len(), Rule::ALL.len());
    for &rule in Rule::ALL {
        assert_eq!(serde_json::to_value(rule).unwrap(), rule.name());
        assert_eq!(Rule::from_name(rule.name()), Some(rule));
    }
}
