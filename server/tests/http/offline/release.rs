//! Offline releases, with the proof that a token was deleted.

use licensing::{
    Role, Span,
    terms::{Release, Strictness, Transfers},
};
use serde_json::{Value, json};
use testing::contract;

use super::{Device, OFFLINE, RELEASE, Response, bring};
use crate::{
    admin::person::{accounts, signed_in},
    fixture::{Html, Issued, Server},
};

/// Activates the device and returns its session.
async fn activated(server: &Server, license: &Issued, device: &Device, nonce: u32) -> Value {
    Response::of(&bring(server, OFFLINE, device.request(&device.asks(license, nonce, server))).await).session()
}

contract!(a_device_that_deleted_its_token_releases_its_seat_by_a_proof, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let session = activated(&server, &license, &device, 1).await;

    let answer = bring(&server, RELEASE, device.release(&device.gives_up(&session, 1, &server))).await;

    assert_eq!((answer.status.as_u16(), answer.text()), (204, ""));
    assert_eq!(license.devices_and_seats(&server).await, (1, 0));
    assert_eq!(server.activate(&license, "the next device").await.status, 200);
});

contract!(under_strict_terms_the_seat_cools_down, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(|terms| terms.strictness = Strictness::Strict).create().await;
    let device = Device::new("probe");
    let session = activated(&server, &license, &device, 1).await;

    let answer = bring(&server, RELEASE, device.release(&device.gives_up(&session, 1, &server))).await;

    assert_eq!(answer.status, 204);
    assert_eq!(server.activate(&license, "the next device").await.problem(), (409, "seat_limit".to_owned()));
    server.advance_days(38);
    assert_eq!(server.activate(&license, "the next device").await.status, 200);
});

contract!(the_terms_of_release_apply_offline_too, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(|terms| terms.release = Release::BySupport).create().await;
    let device = Device::new("probe");
    let session = activated(&server, &license, &device, 1).await;
    let proof = device.release(&device.gives_up(&session, 1, &server));

    let refused = bring(&server, RELEASE, proof.clone()).await;
    license.change_terms(&server, |terms| terms.release = Release::ByDevice).await;
    let released = bring(&server, RELEASE, proof).await;

    assert_eq!(refused.problem(), (403, "release_not_allowed".to_owned()));
    assert_eq!(released.status, 204, "a refused proof was not used up");
});

contract!(staff_accept_a_proof_of_a_device_with_a_wrong_clock, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    for (n, days) in [(1, -31), (2, 2)] {
        let device = Device::new(&format!("probe {n}"));
        let session = activated(&server, &license, &device, n).await;
        let mut says = device.gives_up(&session, n, &server);
        says["iat"] = json!(server.now().timestamp() + days * 86_400);
        let proof = device.release(&says);
        let refused = bring(&server, RELEASE, proof.clone()).await;
        assert_eq!(refused.bad_fields(), ["iat"]);
        assert!(refused.text().contains("staff can also accept it as it is"), "{}", refused.text());

        let support = signed_in(&server, Role::Support).await;
        let file = Html::read(support.open("/offline").await.text()).form("offline/read").fill("file", &proof);
        let read = support.submit("/offline", &file.encoded()).await;
        assert_eq!(read.header("location"), "/offline/read", "{}", read.text());
        let shown = support.open("/offline/read").await;
        assert!(shown.text().contains("clock is wrong: accept the file anyway"));
        let take = Html::read(shown.text()).form("offline/release").encoded();
        assert_eq!(support.submit("/offline/read", &take).await.status, 409, "it is not accepted without confirmation");
        assert_eq!(license.devices_and_seats(&server).await.1, 1);
        assert_eq!(support.submit("/offline/read", &format!("{take}&of_any_age=on")).await.status, 303);
        assert_eq!(license.devices_and_seats(&server).await.1, 0);
    }
});

contract!(transfers_by_offline_releases_count, async |db| {
    let server = Server::on(db).await;
    let transfers = Transfers::Limited { moves: 1, per: Span::days(30) };
    let license = server.license().terms(|terms| terms.transfers = transfers).create().await;
    let device = Device::new("probe");
    for n in 1..=2 {
        let session = activated(&server, &license, &device, n).await;
        let answer = bring(&server, RELEASE, device.release(&device.gives_up(&session, n, &server))).await;
        match n {
            1 => assert_eq!(answer.status, 204),
            _ => assert_eq!(answer.problem(), (403, "transfer_limit".to_owned())),
        }
    }
});

contract!(a_proof_is_valid_once_and_only_for_its_session, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let session = activated(&server, &license, &device, 1).await;
    let proof = device.release(&device.gives_up(&session, 1, &server));
    assert_eq!(bring(&server, RELEASE, proof.clone()).await.status, 204);

    assert_eq!(bring(&server, RELEASE, proof.clone()).await.bad_fields(), ["jti"], "after the session has ended");
    let fresh = device.release(&device.gives_up(&session, 2, &server));
    assert_eq!(bring(&server, RELEASE, fresh).await.problem(), (404, "session_not_found".to_owned()));
    activated(&server, &license, &device, 2).await;
    assert_eq!(bring(&server, RELEASE, proof).await.bad_fields(), ["jti"], "during the next session");
    let late = device.release(&device.gives_up(&session, 3, &server));
    assert_eq!(bring(&server, RELEASE, late).await.problem(), (404, "session_not_found".to_owned()));
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});

contract!(of_16_concurrent_copies_of_a_proof_one_is_accepted, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let session = activated(&server, &license, &device, 1).await;
    let proof = device.release(&device.gives_up(&session, 1, &server));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (server, proof) = (server.clone(), proof.clone());
        tasks.spawn(async move { bring(&server, RELEASE, proof).await });
    }

    let answers = tasks.join_all().await;

    let (released, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 204);
    assert_eq!(released.len(), 1);
    refused.iter().for_each(|answer| assert_eq!(answer.bad_fields(), ["jti"]));
});

contract!(only_the_key_of_the_last_request_releases_the_seat, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let (device, stranger) = (Device::new("probe"), Device::new("stranger"));
    let session = activated(&server, &license, &device, 1).await;
    let says = |nonce| device.gives_up(&session, nonce, &server);

    assert_eq!(bring(&server, RELEASE, stranger.release(&says(1))).await.bad_fields(), ["signature"]);
    // A header that contains a key is refused, however good the signature.
    let header = json!({ "alg": "EdDSA", "typ": "latchkey-release+jwt", "jwk": stranger.jwk() });
    assert_eq!(bring(&server, RELEASE, stranger.sign(&header, &says(2))).await.bad_fields(), ["jwk"]);

    // The device was set up again with another key, which is the valid one from then on.
    let anew = Device { fingerprint: device.fingerprint.clone(), ..Device::new("probe set up anew") };
    assert_eq!(activated(&server, &license, &anew, 1).await, session);
    assert_eq!(bring(&server, RELEASE, device.release(&says(3))).await.bad_fields(), ["signature"]);
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
    assert_eq!(bring(&server, RELEASE, anew.release(&says(4))).await.status, 204);
});

contract!(a_bad_proof_is_refused_with_the_member, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let session = activated(&server, &license, &device, 1).await;
    let online = server.activate(&server.license().create().await, "a device that is online").await.token();
    for (n, (member, value)) in (1..).zip([
        ("aud", json!("drift-lite")),
        ("sid", json!("019ca9a1-6f00-7c3a-8f2b-5d1e7a90b4c2")),
        ("sid", online.claims["sid"].clone()),
        ("sid", json!("the session")),
        ("sid", json!(7)),
        ("jti", json!("short")),
        ("iat", json!(server.now().timestamp() - 31 * 86_400)),
        ("tokenDeleted", json!(false)),
        ("tokenDeleted", json!("true")),
        ("fingerprint", json!("probe")),
    ]) {
        let mut claims = device.gives_up(&session, n, &server);
        claims[member] = value.clone();
        let answer = bring(&server, RELEASE, device.release(&claims)).await;
        assert_eq!(answer.bad_fields(), [member], "{value}");
    }
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});
