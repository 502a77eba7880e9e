//! `POST /api/v1/activations/jwt`: refusals by the rules.

use axum::http::HeaderMap;
use licensing::{
    Span, VersionRange,
    license::StateChange,
    terms::{EmailTerm, Validity, Versions},
};
use serde_json::{Value, json};
use service::Actor;
use testing::contract;

use crate::fixture::{Answer, Issued, Server};

async fn step(server: &Server, license: &Issued, step: StateChange) {
    server.service.licenses().change_state(license.id, step, "The invoice is open.", &Actor::command()).await.unwrap();
}

contract!(an_unknown_code_is_refused, async |db| {
    let server = Server::on(db).await;
    server.license().create().await;

    let answer =
        server.post(crate::fixture::JWT, &json!({ "activationCode": "COMPLETELY-UNKNOWN", "fingerprint": "x" })).await;

    assert_eq!(answer.problem(), (404, "code_not_found".to_owned()));
    insta::assert_snapshot!(answer.snapshot(), @r#"
    404 Not Found
    {
      "code": "code_not_found",
      "decision": "[id]",
      "detail": "This activation code is unknown or no longer valid: check it for typing errors, or ask your vendor for a new one.",
      "instance": "urn:uuid:[id]",
      "retryable": false,
      "status": 404,
      "title": "Activation code not found",
      "type": "https://licenses.example.com/problems/code_not_found"
    }
    "#);
});

/// The answer without the members that identify this request.
fn nameless(answer: &Answer) -> (HeaderMap, Value) {
    let (mut headers, mut body) = (answer.headers.clone(), answer.json());
    headers.remove("x-request-id").expect("a request id");
    for member in ["instance", "decision"] {
        body.as_object_mut().unwrap().remove(member).unwrap_or_else(|| panic!("no {member}"));
    }
    (headers, body)
}

contract!(unknown_mistyped_and_expired_codes_get_the_same_answer, async |db| {
    let server = Server::on(db).await;
    let until = server.now() + chrono::TimeDelta::days(1);
    let expired = server.license().terms(|terms| terms.validity = Validity::Until(until)).create().await;
    let started = server.license().terms(|terms| terms.validity = Validity::FromFirstActivation(Span::days(1).into()));
    let started = started.create().await;
    server.activate(&started, "device-1").await.token();
    let suspended = server.license().terms(|terms| terms.validity = Validity::Until(until)).create().await;
    step(&server, &suspended, StateChange::Suspend).await;
    let mut mistyped = server.license().create().await;
    let last = if mistyped.code.pop() == Some('7') { '8' } else { '7' };
    mistyped.code.push(last);
    server.advance_days(1);
    let unknown = expired.typed("COMPLETELY-UNKNOWN");
    // An unknown code with the shape and check symbol of a generated one.
    let generated = expired.typed("0000000-0000000-0000000-0000000");

    let expected = server.activate(&unknown, "device-1").await;

    assert_eq!(expected.problem(), (404, "code_not_found".to_owned()));
    for (license, device) in [
        (&generated, "device-1"),
        (&mistyped, "device-1"),
        (&expired, "device-1"),
        (&started, "device-1"),
        (&started, "device-2"),
        (&suspended, "device-1"),
    ] {
        let answer = server.activate(license, device).await;
        assert_eq!(answer.status, expected.status);
        assert_eq!(answer.body.len(), expected.body.len());
        assert_eq!(nameless(&answer), nameless(&expected), "{}", license.code);
    }
});

contract!(a_suspended_license_is_refused_until_it_is_reinstated, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let before = server.activate(&license, "device-1").await.token();

    step(&server, &license, StateChange::Suspend).await;
    for device in ["device-1", "device-2"] {
        let answer = server.activate(&license, device).await;
        assert_eq!(answer.problem(), (403, "license_suspended".to_owned()));
        assert!(answer.json()["decision"].is_string());
    }

    step(&server, &license, StateChange::Reinstate).await;
    let after = server.activate(&license, "device-1").await.token();
    assert_eq!(before.claims["sid"], after.claims["sid"], "a suspended device keeps its seat");
});

contract!(a_revoked_license_is_refused_permanently, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    server.activate(&license, "device-1").await.token();

    step(&server, &license, StateChange::Revoke).await;

    for device in ["device-1", "device-2"] {
        assert_eq!(server.activate(&license, device).await.problem(), (403, "license_revoked".to_owned()));
    }
});

contract!(a_withdrawn_product_is_refused, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    server.activate(&license, "device-1").await.token();

    license.withdraw(&server).await;

    for device in ["device-1", "device-2"] {
        assert_eq!(server.activate(&license, device).await.problem(), (403, "product_unavailable".to_owned()));
    }
});

contract!(an_email_address_is_required_if_the_policy_says_so, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(|terms| terms.email = EmailTerm::Required).create().await;

    assert_eq!(server.activate(&license, "device-1").await.problem(), (403, "email_required".to_owned()));
    server.activate_with(&license, "device-1", json!({ "email": "anybody@example.com" })).await.token();
});

contract!(the_email_address_must_match_the_license_if_the_policy_says_so, async |db| {
    let server = Server::on(db).await;
    let license = server.license().email("Ingrid@Example.com").terms(|terms| terms.email = EmailTerm::MustMatch);
    let license = license.create().await;
    let with = async |email: &str| server.activate_with(&license, "device-1", json!({ "email": email })).await;

    assert_eq!(server.activate(&license, "device-1").await.problem().1, "email_required");
    for other in ["ingrid@example.org", "ingrid+1@example.com", "ıngrid@example.com"] {
        assert_eq!(with(other).await.problem(), (403, "email_mismatch".to_owned()), "{other}");
    }
    for own in ["Ingrid@Example.com", "ingrid@example.com", "  INGRID@EXAMPLE.COM "] {
        with(own).await.token();
    }
});

contract!(an_email_address_matches_in_each_of_its_forms, async |db| {
    let server = Server::on(db).await;
    let license = server.license().email("jörg@äxample.com").terms(|terms| terms.email = EmailTerm::MustMatch);
    let license = license.create().await;

    for form in ["jörg@äxample.com", "jo\u{308}rg@ÄXAMPLE.com", "jörg@xn--xample-9ta.com", "\u{200b}jörg@äxample.com"]
    {
        server.activate_with(&license, "device-1", json!({ "email": form })).await.token();
    }
});

contract!(a_version_out_of_range_is_refused, async |db| {
    let server = Server::on(db).await;
    let below_3 = Versions::Range(VersionRange::read("<3").unwrap());
    let license = server.license().terms(|terms| terms.versions = below_3).create().await;
    let with = async |version: &str| {
        server.activate_with(&license, "device-1", json!({ "targetSoftwareVersion": version })).await
    };

    for covered in ["2.9.9", "0.0.1", "2.1.0-beta.1", "2.0.0+build.7"] {
        with(covered).await.token();
    }
    for other in ["3.0.0", "3.0.0-rc.1", "10.0.0"] {
        assert_eq!(with(other).await.problem(), (403, "version_not_covered".to_owned()), "{other}");
    }
    let range = &server.activate(&license, "device-1").await.token().claims["license"]["versions"];
    assert_eq!(range, "<3", "a request without a version is admitted and gets the range");
});
