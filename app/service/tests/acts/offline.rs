//! Offline files that staff handle for devices without a network. The API tests cover the files themselves.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::{ActivationCode, Span};
use serde_json::{Value, json};
use service::{Error, OfflineResponse, SignedOfflineFile, SignedRelease, SignedRequest};
use testing::contract;

use crate::test_service::{TestService, assert_err, bad_fields, noon, origin, refusal, seats};

/// The signing key of the only device.
fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn sign(header: &Value, claims: &Value) -> SignedOfflineFile {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key().sign(signed.as_bytes()));
    SignedOfflineFile::read(&format!("{signed}.{signature}")).unwrap()
}

/// The device's request.
pub(crate) fn request(nonce: u32, product: &str, code: Option<&ActivationCode>) -> SignedRequest {
    let x = URL_SAFE_NO_PAD.encode(key().public_key());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
    let mut claims = json!({
        "aud": product, "jti": format!("{nonce:022}"), "iat": noon().timestamp(), "fingerprint": "probe", "deviceName": "Probe",
    });
    if let Some(code) = code {
        claims["activationCode"] = json!(code.written());
    }
    match sign(&json!({ "alg": "EdDSA", "typ": "latchkey-request+jwt", "jwk": jwk }), &claims) {
        SignedOfflineFile::Request(request) => *request,
        SignedOfflineFile::Release(_) => unreachable!(),
    }
}

fn release(nonce: u32, product: &str, of: &OfflineResponse) -> SignedRelease {
    let claims = json!({
        "aud": product, "sid": of.granted.session_id, "jti": format!("{nonce:022}"), "iat": noon().timestamp(),
        "tokenDeleted": true,
    });
    match sign(&json!({ "alg": "EdDSA", "typ": "latchkey-release+jwt" }), &claims) {
        SignedOfflineFile::Release(release) => release,
        SignedOfflineFile::Request(_) => unreachable!(),
    }
}

fn claims(response: &OfflineResponse) -> Value {
    let (token, _) = response.compact.split_once('~').unwrap();
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

contract!(staff_choose_the_license_of_a_request_without_a_code, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, _) = fixture.licensed(seats(1)).await;
    let act = fixture.service.offline().activate_offline(request(1, "drift-0", None), None, None, origin(1)).await;
    assert_eq!(bad_fields(act), ["activationCode"]);

    let by = Some(fixture.actor.clone());
    let act =
        fixture.service.offline().activate_offline(request(1, "drift-0", None), Some(license.id), by, origin(1)).await;

    assert_eq!(act.unwrap().granted.license_id, license.id);
    let [event] = fixture.events_of("device.activated").await.try_into().unwrap();
    assert_eq!((event.actor_kind.as_str(), event.actor_name.as_str()), ("account", "Ingrid"));
    assert_eq!((event.actor_id, event.subject_name.as_str()), (fixture.actor_id(), "Probe"));
    assert_eq!(event.after.unwrap()["offline_key"], request(1, "drift-0", None).key.to_string());
});

contract!(staff_accept_a_request_of_a_dead_clock_and_leave_an_event, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    fixture.clock.advance(40 * 86_400);
    let ask = || request(1, "drift-0", Some(&code));
    assert!(fixture.service.offline().check_request_age(&ask()).is_err());
    assert_eq!(bad_fields(fixture.service.offline().activate_offline(ask(), None, None, origin(1)).await), ["iat"]);

    let passed = fixture.service.offline().let_pass(ask(), Some(license.id), &fixture.actor).await.unwrap();
    let by = Some(fixture.actor.clone());
    fixture.service.offline().activate_offline(passed, None, by.clone(), origin(1)).await.unwrap();

    let [event] = fixture.events_of("request.age_waived").await.try_into().unwrap();
    assert_eq!((event.actor_id, event.license_id), (fixture.actor_id(), Some(license.id)));
    assert_eq!(event.subject_name, "Probe");
    let again = fixture.service.offline().let_pass(ask(), Some(license.id), &fixture.actor).await.unwrap();
    assert_eq!(
        bad_fields(fixture.service.offline().activate_offline(again, None, by, origin(1)).await),
        ["jti"],
        "a request is accepted once"
    );
});

contract!(staff_accept_a_release_of_a_dead_clock_and_leave_an_event, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let granted = fixture
        .service
        .offline()
        .activate_offline(request(1, "drift-0", Some(&code)), None, None, origin(1))
        .await
        .unwrap();
    let (by, proof) = (Some(fixture.actor.clone()), || release(2, "drift-0", &granted));
    fixture.clock.advance(40 * 86_400);
    assert!(fixture.service.offline().check_release_age(&proof()).is_err());
    assert_eq!(bad_fields(fixture.service.offline().release_offline(&proof(), by.clone(), origin(1)).await), ["iat"]);
    assert_eq!(
        fixture.service.offline().session_of_release(&proof()).await.unwrap().license_id,
        license.id,
        "staff can look it up"
    );
    assert!(fixture.events_of("device.released").await.is_empty());

    let passed = fixture.service.offline().let_release_pass(proof(), &fixture.actor).await.unwrap();
    fixture.service.offline().release_offline(&passed, by.clone(), origin(1)).await.unwrap();
    assert_eq!(fixture.events_of("device.released").await.len(), 1);
    let [event] = fixture.events_of("release.age_waived").await.try_into().unwrap();
    assert_eq!((event.actor_id, event.license_id), (fixture.actor_id(), Some(license.id)));
    assert_eq!(event.subject_id, Some(granted.granted.session_id));
    let again = fixture.service.offline().release_offline(&passed, by, origin(1)).await;
    assert_eq!(bad_fields(again), ["jti"], "a release is accepted once");
});

contract!(a_code_of_a_license_other_than_the_chosen_one_is_refused, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, license, code) = fixture.licensed(seats(1)).await;
    let (other, _) = fixture.license(&policy).await;
    let by = Some(fixture.actor.clone());
    let act = fixture.service.offline().activate_offline(
        request(1, "drift-0", Some(&code)),
        Some(other.id),
        by.clone(),
        origin(1),
    );
    assert_eq!(bad_fields(act.await), ["activationCode"]);
    assert_eq!(fixture.seats(&license).await + fixture.seats(&other).await, 0);
    let act =
        fixture.service.offline().activate_offline(request(1, "drift-0", Some(&code)), Some(license.id), by, origin(1));
    assert_eq!(act.await.unwrap().granted.license_id, license.id);
});

// Two licenses have two locks, so only the uniqueness of the request itself prevents a second grant.
contract!(one_request_for_two_licenses_at_once_is_granted_once, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    let (policy, first, _) = fixture.licensed(seats(100)).await;
    let (second, _) = fixture.license(&policy).await;
    for round in 0..20 {
        let ask = || request(round, "drift-0", None);
        let (one, two) = tokio::join!(
            fixture.service.offline().activate_offline(ask(), Some(first.id), None, origin(1)),
            other.offline().activate_offline(ask(), Some(second.id), None, origin(2)),
        );
        let granted = [&one, &two].iter().filter(|act| act.is_ok()).count();
        assert_eq!(granted, 1, "round {round}: {one:?} {two:?}");
        let refused = if one.is_ok() { two } else { one };
        assert_eq!(bad_fields(refused), ["jti"], "round {round}");
    }
    other.close().await;
});

contract!(a_lost_response_is_issued_again_with_the_same_claims, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let ask = request(1, "drift-0", Some(&code));
    let first = fixture.service.offline().activate_offline(ask, None, None, origin(1)).await.unwrap();
    fixture.clock.advance(86_400);

    let again = fixture.service.offline().offline_response(first.id).await.unwrap();

    let (mut old, mut new) = (claims(&first), claims(&again));
    assert_ne!(old["jti"].take(), new["jti"].take(), "each token has its own id");
    assert_eq!(old, new);
    assert_eq!(fixture.events_of("device.activated").await.len(), 1);
    assert_err!(fixture.service.offline().offline_response(first.granted.session_id).await, Error::NotFound("request"));
});

contract!(the_response_of_an_ended_session_is_not_issued_again, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let ask = |nonce| request(nonce, "drift-0", Some(&code));
    let revoked = fixture.service.offline().activate_offline(ask(1), None, None, origin(1)).await.unwrap();
    fixture.service.devices().revoke_activation(revoked.granted.session_id, "stolen", &fixture.actor).await.unwrap();
    assert_err!(fixture.service.offline().offline_response(revoked.id).await, Error::Conflict(_));

    let released = fixture.service.offline().activate_offline(ask(2), None, None, origin(1)).await.unwrap();
    assert_err!(fixture.service.offline().offline_response(revoked.id).await, Error::Conflict(_));
    fixture.service.offline().release_offline(&release(3, "drift-0", &released), None, origin(1)).await.unwrap();
    assert_err!(fixture.service.offline().offline_response(released.id).await, Error::Conflict(_));

    let expired = fixture.service.offline().activate_offline(ask(4), None, None, origin(1)).await.unwrap();
    let days = Span::days(37);
    fixture.clock.advance(i64::try_from(days.as_seconds()).unwrap() + 1);
    assert_err!(fixture.service.offline().offline_response(expired.id).await, Error::Conflict(_));
});

contract!(a_release_entered_by_staff_is_logged_as_theirs_but_follows_the_rules_for_devices, async |db| {
    let fixture = TestService::open(db).await;
    let terms = licensing::Terms { release: licensing::terms::Release::BySupport, ..seats(1) };
    let (_, license, code) = fixture.licensed(terms).await;
    let response = fixture
        .service
        .offline()
        .activate_offline(request(1, "drift-0", Some(&code)), None, None, origin(1))
        .await
        .unwrap();
    let by = Some(fixture.actor.clone());
    let act = fixture.service.offline().release_offline(&release(2, "drift-0", &response), by.clone(), origin(1)).await;
    assert_eq!(refusal(act).code(), "release_not_allowed", "support revokes the device instead");
    assert_eq!(fixture.seats(&license).await, 1);

    let (_, license, code) = fixture.licensed(seats(1)).await;
    let response =
        fixture.service.offline().activate_offline(request(1, "drift-2", Some(&code)), None, None, origin(1)).await;
    // Same device and nonce: a request is accepted once, on any license.
    assert_eq!(bad_fields(response), ["jti"]);
    let response = fixture
        .service
        .offline()
        .activate_offline(request(3, "drift-2", Some(&code)), None, None, origin(1))
        .await
        .unwrap();
    fixture.service.offline().release_offline(&release(4, "drift-2", &response), by, origin(1)).await.unwrap();
    assert_eq!(fixture.seats(&license).await, 0);
    let [event] = fixture.events_of("device.released").await.try_into().unwrap();
    assert_eq!((event.actor_name.as_str(), event.after.unwrap()["token_deleted"].as_bool()), ("Ingrid", Some(true)));
});

contract!(the_log_of_a_request_contains_no_code_and_no_more_than_necessary, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let request = request(1, "drift-0", Some(&code));
    assert!(!format!("{request:?}").contains(code.written()));
    fixture.service.offline().activate_offline(request, None, None, origin(1)).await.unwrap();
    assert!(!format!("{:?}", fixture.events().await).contains(code.written()));
    let files = fixture.service.store().read().await.unwrap().on().recent_requests(9).await.unwrap();
    let file = fixture.service.store().read().await.unwrap().on().offline_file(files[0].id).await.unwrap();
    assert!(!format!("{file:?}").contains(code.written()));
});
