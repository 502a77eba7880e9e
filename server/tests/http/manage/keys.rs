//! Replacing signing keys.

use licensing::Act;
use serde_json::{Value, json};
use testing::contract;

use super::api::{Api, pointers};
use crate::fixture::{Answer, JWT, Server};

/// The key that signs tokens of this algorithm for all products.
async fn signing(api: &Api<'_>, algorithm: &str) -> Value {
    let keys = api.get(&format!("/keys?algorithm={algorithm}")).await.json();
    let signs = |key: &&Value| key["standing"] == "signs" && key["product"].is_null();
    keys["items"].as_array().unwrap().iter().find(signs).unwrap().clone()
}

fn kid(answer: &Answer) -> String {
    answer.json()["kid"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}

/// Waits until the next key signs.
async fn wait(server: &Server) {
    server.clock.advance(601);
    server.service.keys().refresh_keys().await.unwrap();
}

contract!(a_key_is_rotated_and_retired_by_a_program, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let body = json!({ "algorithm": "ES256" });
    let first = signing(&api, "ES256").await;
    let rotated = api.post("/keys/rotate", body.clone()).await;
    assert_eq!((rotated.status.as_u16(), &rotated.json()["standing"]), (201, &json!("next")), "{}", rotated.text());
    assert_eq!(api.get(rotated.header("location")).await.json(), rotated.json());
    assert_eq!(api.post("/keys/rotate", body).await.problem(), (409, "conflict".to_owned()), "there is a next key");
    wait(&server).await;
    assert_eq!(signing(&api, "ES256").await["kid"], json!(kid(&rotated)));
    let path = format!("/keys/{}/retire", kid(&rotated));
    assert_eq!(pointers(&api.post(&path, json!({})).await), ["/reason"]);
    let retired = api.post(&path, json!({ "reason": "Made on the wrong host." })).await;
    assert_eq!((retired.status.as_u16(), &retired.json()["standing"]), (200, &json!("stopped")), "{}", retired.text());
    assert_eq!(signing(&api, "ES256").await["kid"], first["kid"], "the previous key signs again");
    let event = api.events(Some("signing_key.retired")).await.remove(0);
    assert_eq!(event.reason.as_deref(), Some("Made on the wrong host."));
    assert_eq!(api.post(&path, json!({ "reason": "Again." })).await.problem(), (409, "conflict".to_owned()));
});

contract!(keys_created_in_advance_sign_in_their_order_and_every_page_lists_each_once, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let body = json!({ "algorithm": "EdDSA" });
    let made = api.post("/keys/pregenerate", body.clone()).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let ahead: Vec<Value> = made.json()["items"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect();
    assert_eq!(ahead.len(), 2);
    assert_eq!(api.post("/keys/pregenerate", body.clone()).await.json(), made.json(), "no others are created");
    let (mut seen, mut path) = (vec![], "/keys?algorithm=EdDSA&limit=1".to_owned());
    loop {
        let page = api.get(&path).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|key| key["kid"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/keys?algorithm=EdDSA&limit=1&cursor={next}");
    }
    assert_eq!(seen.len(), 3, "they were created at the same moment: {seen:?}");
    assert!(ahead.iter().all(|kid| seen.contains(kid)), "{seen:?}");
    assert_eq!(json!(kid(&api.post("/keys/rotate", body).await)), ahead[0]);
});

contract!(a_revocation_that_loses_more_devices_than_expected_is_refused, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, ..) = api.license("drift-pro").await;
    let made = json!({ "policy": policy, "overrides": { "seats": 3 } });
    let code = api.post("/licenses", made).await.json()["code"].clone();
    for device in ["a", "b"] {
        server.post(JWT, &json!({ "activationCode": code, "fingerprint": device })).await.token();
    }
    let key = signing(&api, "ES256").await;
    assert_eq!(key["devices"], json!(2));
    let path = format!("/keys/{}/revoke", key["kid"].as_str().unwrap());
    for wrong in [json!({ "reason": "Stolen." }), json!({ "reason": "Stolen.", "devices": -1 })] {
        assert_eq!(pointers(&api.post(&path, wrong).await), ["/devices"]);
    }
    assert_eq!(pointers(&api.post(&path, json!({ "devices": "2" })).await), ["/devices", "/reason"]);
    let fewer = api.post(&path, json!({ "reason": "Stolen.", "devices": 1 })).await;
    assert_eq!(fewer.problem(), (409, "conflict".to_owned()));
    assert!(fewer.json()["detail"].as_str().unwrap().starts_with("2 devices hold a valid token"), "{}", fewer.text());
    assert_eq!(signing(&api, "ES256").await, key, "nothing happened");
    let revoked = api.post(&path, json!({ "reason": "Stolen.", "devices": 2 })).await;
    assert_eq!((revoked.status.as_u16(), &revoked.json()["standing"]), (200, &json!("revoked")), "{}", revoked.text());
    assert_ne!(signing(&api, "ES256").await["kid"], key["kid"]);
    let set = server.get("/.well-known/jwks.json").await;
    assert!(!set.text().contains(key["kid"].as_str().unwrap()));
});

contract!(a_rotation_is_done_once_under_its_key, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let headers = [("idempotency-key", "monthly")];
    for pregenerated in [false, true] {
        let algorithm = if pregenerated { "EdDSA" } else { "ES256" };
        let body = json!({ "algorithm": algorithm });
        if pregenerated {
            api.post("/keys/pregenerate", body.clone()).await;
        }
        let headers = if pregenerated { [("idempotency-key", "another")] } else { headers };
        let first = api.send("POST", "/keys/rotate", Some(body.clone()), &headers).await;
        assert_eq!((first.status.as_u16(), first.header("idempotent-replayed")), (201, ""), "{}", first.text());
        let before = api.count_events().await;
        let again = api.send("POST", "/keys/rotate", Some(body), &headers).await;
        assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, "true"), "{}", again.text());
        assert_eq!(kid(&again), kid(&first), "pregenerated: {pregenerated}");
        assert_eq!(api.count_events().await, before);
    }
    let path = format!("/keys/{}/revoke", signing(&api, "ES256").await["kid"].as_str().unwrap());
    let too_many = api.post(&path, json!({ "reason": "Stolen.", "devices": 1_u64 << 31 })).await;
    assert_eq!(pointers(&too_many), ["/devices"]);
    let body = || Some(json!({ "reason": "Stolen.", "devices": 0 }));
    let first = api.send("POST", &path, body(), &headers).await;
    let again = api.send("POST", &path, body(), &headers).await;
    assert_eq!((again.header("idempotent-replayed"), again.json()), ("true", first.json()));
    assert_eq!(api.events(Some("signing_key.revoked")).await.len(), 1);
});

contract!(a_token_of_one_product_replaces_the_keys_of_that_product_alone, async |db| {
    let server = Server::on(db).await;
    let all = Api::of(&server).await;
    let (own, ..) = all.license("ours").await;
    all.license("theirs").await;
    let scopes = [Act::KeysSee, Act::KeysRotate, Act::KeysRetire, Act::KeysRevoke];
    let api = Api::with(&server, scopes.map(Into::into).to_vec(), vec![own.parse().unwrap()]).await;
    let shared = signing(&all, "ES256").await["kid"].as_str().unwrap().to_owned();
    let theirs = kid(&all.post("/keys/rotate", json!({ "product": "theirs" })).await);
    for (path, status) in [(format!("/keys/{shared}"), 403), (format!("/keys/{theirs}"), 404)] {
        let retire = api.post(&format!("{path}/retire"), json!({ "reason": "x" })).await;
        assert_eq!(retire.problem().0, status, "{path}");
        let revoke = api.post(&format!("{path}/revoke"), json!({ "reason": "x", "devices": 9 })).await;
        assert_eq!(revoke.problem().0, status, "{path}");
    }
    for act in ["rotate", "pregenerate"] {
        let path = format!("/keys/{act}");
        assert_eq!(api.post(&path, json!({ "algorithm": "ES256" })).await.problem().0, 403);
        assert_eq!(pointers(&api.post(&path, json!({ "product": "theirs" })).await), ["/product"]);
        assert_eq!(pointers(&api.post(&path, json!({ "algorithm": "none" })).await), ["/algorithm"]);
        assert_eq!(pointers(&api.post(&path, json!({})).await), ["/algorithm"]);
    }
    let made = api.post("/keys/rotate", json!({ "product": "ours" })).await;
    assert_eq!((made.status.as_u16(), &made.json()["product"]), (201, &json!("ours")), "{}", made.text());
    assert_eq!(made.json()["algorithm"], "ES256", "that of the product");
    let retired = api.post(&format!("/keys/{}/retire", kid(&made)), json!({ "reason": "x" })).await;
    assert_eq!(retired.status, 200, "{}", retired.text());
});
