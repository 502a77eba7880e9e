//! Calls with an `Idempotency-Key`.

use serde_json::{Value, json};
use testing::contract;

use super::api::Api;
use crate::fixture::{Answer, JWT, Server};

async fn keyed(api: &Api<'_>, (method, path): (&str, &str), body: Option<Value>, key: &str) -> Answer {
    api.send(method, path, body, &[("idempotency-key", key)]).await
}

contract!(a_repeated_call_creates_nothing_and_answers_the_present_state, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, ..) = api.license("drift-pro").await;
    let body = json!({ "policy": policy, "customer": "Ada" });
    let call = ("POST", "/licenses");
    let first = keyed(&api, call, Some(body.clone()), "order-7").await;
    assert_eq!((first.status.as_u16(), first.header("idempotent-replayed")), (201, ""));
    let id = first.json()["id"].as_str().unwrap().to_owned();
    api.patch(&format!("/licenses/{id}"), json!({ "customer": "Ada Lovelace" })).await;
    let again = keyed(&api, call, Some(body.clone()), "order-7").await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, "true"));
    assert_eq!((&again.json()["id"], &again.json()["code"]), (&json!(id), &first.json()["code"]));
    assert_eq!(again.json()["customer"], "Ada Lovelace", "as it is now");
    assert_eq!(api.events(Some("license.created")).await.len(), 2, "the fixture's, and one");
    let other = keyed(&api, call, Some(json!({ "policy": policy })), "order-7").await;
    assert_eq!(other.problem(), (422, "idempotency_mismatch".to_owned()));
    api.post(&format!("/licenses/{id}/reissue"), json!({ "reason": "Leaked." })).await;
    let later = keyed(&api, call, Some(body.clone()), "order-7").await.json();
    assert_eq!((&later["id"], &later["code"]), (&json!(id), &Value::Null), "the new code is not that of this call");
    server.advance_days(2);
    let anew = keyed(&api, call, Some(body), "order-7").await;
    assert_ne!(anew.json()["id"], json!(id), "after a day the key is forgotten");
});

contract!(a_key_is_bound_to_the_token_the_method_and_the_path, async |db| {
    let server = Server::on(db).await;
    let (api, other) = (Api::of(&server).await, Api::of(&server).await);
    let (_, policy, id, _) = api.license("drift-pro").await;
    let body = json!({ "policy": policy });
    let first = keyed(&api, ("POST", "/licenses"), Some(body.clone()), "k").await.json();
    let theirs = keyed(&other, ("POST", "/licenses"), Some(body), "k").await;
    assert_eq!((theirs.status.as_u16(), theirs.header("idempotent-replayed")), (201, ""));
    assert_ne!(theirs.json()["id"], first["id"]);
    for id in [id.as_str(), first["id"].as_str().unwrap()] {
        let reason = Some(json!({ "reason": "Chargeback." }));
        let done = keyed(&api, ("POST", &format!("/licenses/{id}/suspend")), reason, "k").await;
        assert_eq!((done.status.as_u16(), done.header("idempotent-replayed")), (200, ""));
    }
});

contract!(a_call_that_failed_may_be_sent_again_under_its_key, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, id, _) = api.license("drift-pro").await;
    let reason = || Some(json!({ "reason": "Paid." }));
    let reinstate = format!("/licenses/{id}/reinstate");
    assert_eq!(keyed(&api, ("POST", &reinstate), reason(), "k").await.problem(), (409, "conflict".to_owned()));
    api.post(&format!("/licenses/{id}/suspend"), json!({ "reason": "Chargeback." })).await;
    assert_eq!(keyed(&api, ("POST", &reinstate), reason(), "k").await.json()["state"], "active");
    api.post(&format!("/licenses/{id}/suspend"), json!({ "reason": "Again." })).await;
    let repeat = keyed(&api, ("POST", &reinstate), reason(), "k").await;
    assert_eq!((&repeat.json()["state"], repeat.header("idempotent-replayed")), (&json!("suspended"), "true"));
});

contract!(each_writing_call_sent_twice_under_one_key_has_one_effect_and_one_event, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (product, policy, id, code) = api.license("drift-pro").await;
    api.put(&format!("/products/{product}/features/old"), json!({ "kind": "boolean", "default": false })).await;
    api.put(&format!("/products/{product}/releases/1.0"), json!({})).await;
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "a" })).await.token();
    let device = api.get("/activations").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let block = api.post("/blocks", json!({ "fingerprint": "z", "reason": "Stolen." })).await.json();
    let block = block["id"].as_str().unwrap().to_owned();
    let reason = || Some(json!({ "reason": "Because." }));
    let calls = [
        ("POST", "/products".to_owned(), Some(json!({ "code": "other", "name": "Other" }))),
        ("PATCH", format!("/products/{product}"), Some(json!({ "name": "Drift" }))),
        ("PUT", format!("/products/{product}/features/seats"), Some(json!({ "kind": "number", "default": 1 }))),
        ("DELETE", format!("/products/{product}/features/old"), None),
        ("PUT", format!("/products/{product}/releases/2.0"), Some(json!({}))),
        ("DELETE", format!("/products/{product}/releases/1.0"), None),
        ("POST", "/policies".to_owned(), Some(json!({ "product": product, "name": "Team" }))),
        ("PATCH", format!("/policies/{policy}"), Some(json!({ "name": "Solo" }))),
        ("POST", "/licenses".to_owned(), Some(json!({ "policy": policy }))),
        (
            "PATCH",
            format!("/licenses/{id}"),
            Some(json!({ "notes": "x", "overrides": { "validity": { "until": "2100-01-01T00:00:00Z" } } })),
        ),
        ("POST", format!("/licenses/{id}/extend"), Some(json!({ "by": "P1Y", "reason": "Paid." }))),
        ("PUT", format!("/licenses/{id}/tags/vip"), None),
        ("DELETE", format!("/licenses/{id}/tags/vip"), None),
        ("POST", "/licenses/batch".to_owned(), Some(json!({ "policy": policy, "count": 2 }))),
        ("POST", "/licenses/bulk".to_owned(), Some(json!({ "act": "tag", "tag": "a", "ids": [id] }))),
        ("POST", format!("/licenses/{id}/suspend"), reason()),
        ("POST", format!("/licenses/{id}/reinstate"), reason()),
        ("POST", format!("/licenses/{id}/reveal"), None),
        ("POST", format!("/licenses/{id}/reissue"), reason()),
        ("POST", format!("/licenses/{id}/authorized"), Some(json!({ "devices": [{ "fingerprint": "b" }] }))),
        ("POST", format!("/licenses/{id}/authorized/remove"), Some(json!({ "fingerprint": "b", "reason": "Sold." }))),
        ("PATCH", format!("/activations/{device}"), Some(json!({ "label": "Studio A" }))),
        ("POST", format!("/activations/{device}/free"), reason()),
        ("POST", format!("/activations/{device}/undo"), None),
        ("POST", format!("/activations/{device}/revoke"), reason()),
        ("POST", "/blocks".to_owned(), Some(json!({ "fingerprint": "y", "license": id, "reason": "Stolen." }))),
        ("POST", format!("/blocks/{block}/lift"), reason()),
        ("POST", format!("/licenses/{id}/revoke"), reason()),
        (
            "PUT",
            format!("/products/{product}/lifecycle"),
            Some(json!({ "lifecycle": "withdrawn", "reason": "End of sale." })),
        ),
    ];
    for (method, path, body) in calls {
        let before = api.count_events().await;
        let first = keyed(&api, (method, &path), body.clone(), "k").await;
        assert!(first.status.is_success(), "{method} {path}: {} {}", first.status, first.text());
        assert_eq!(first.header("idempotent-replayed"), "", "{method} {path}");
        assert_eq!(api.count_events().await, before + 1, "{method} {path}");
        let again = keyed(&api, (method, &path), body, "k").await;
        assert_eq!(again.status, first.status, "{method} {path}: {}", again.text());
        assert_eq!(again.header("idempotent-replayed"), "true", "{method} {path}");
        assert_eq!(api.count_events().await, before + 1, "{method} {path} was done twice");
    }
});

contract!(a_block_that_revokes_seats_stores_its_call_with_its_last_event, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (product, _, _, code) = api.license("drift-pro").await;
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "a" })).await.token();
    let body = json!({ "fingerprint": "a", "product": product, "revoke": true, "reason": "Stolen." });
    let first = keyed(&api, ("POST", "/blocks"), Some(body.clone()), "k").await;
    assert_eq!((first.status.as_u16(), &first.json()["seatsTaken"]), (201, &json!(1)), "{}", first.text());
    let again = keyed(&api, ("POST", "/blocks"), Some(body), "k").await;
    assert_eq!((&again.json()["id"], again.header("idempotent-replayed")), (&first.json()["id"], "true"));
});
