//! Subscriptions through the API.

use licensing::Act;
use serde_json::{Value, json};
use testing::contract;

use super::{SUBSCRIPTIONS, Sending, receiver::Receiver, subscribe};
use crate::{
    fixture::Server,
    manage::api::{Api, pointers},
};

contract!(a_subscription_is_created_read_changed_and_deleted, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let form = json!({ "url": "https://EXAMPLE.com/hooks", "eventTypes": ["license.*", "key.revoked"],
        "description": "Billing" });
    let made = api.post(SUBSCRIPTIONS, form).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let row = made.json();
    let path = format!("{SUBSCRIPTIONS}/{}", row["id"].as_str().unwrap());
    assert_eq!((made.header("location"), made.header("etag")), (path.as_str(), "\"r1\""));
    assert!(row["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!((&row["url"], &row["state"]), (&json!("https://example.com/hooks"), &json!("PendingVerification")));
    let found = api.get(&path).await.json();
    assert!(found.get("secret").is_none(), "the secret is shown only once");
    assert_eq!(api.get(SUBSCRIPTIONS).await.json()["items"], json!([found]));
    let patch = json!([{ "op": "add", "path": "/eventTypes/-", "value": "product.*" }]);
    let headers = [("content-type", "application/json-patch+json"), ("if-match", "\"r1\"")];
    let changed = api.send("PATCH", &path, Some(patch.clone()), &headers).await;
    assert_eq!(changed.json()["eventTypes"], json!(["license.*", "key.revoked", "product.*"]), "{}", changed.text());
    assert_eq!(changed.header("etag"), "\"r2\"");
    let stale = api.send("PATCH", &path, Some(patch), &headers).await;
    assert_eq!(stale.problem(), (412, "precondition_failed".to_owned()));
    let off = api.patch(&path, json!({ "enabled": false, "description": null })).await.json();
    assert_eq!((&off["state"], &off["description"]), (&json!("Disabled"), &Value::Null));
    let on = api.patch(&path, json!({ "enabled": true })).await.json();
    assert_eq!(on["state"], "PendingVerification", "it was never verified");
    assert_eq!(api.send("DELETE", &path, None, &[]).await.status, 204);
    assert_eq!(api.get(&path).await.problem(), (404, "not_found".to_owned()));
    let acts: Vec<_> = api.events(Some("webhook.")).await.into_iter().map(|event| event.kind).collect();
    assert_eq!(acts, ["webhook.deleted", "webhook.changed", "webhook.changed", "webhook.changed", "webhook.created"]);
});

contract!(all_errors_of_a_subscription_are_named, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let bad = api.post(
        SUBSCRIPTIONS,
        json!({ "url": "http://example.com", "eventTypes": ["frozen"], "secret": "x",
        "filter": { "kinds": ["ghost"] } }),
    );
    assert_eq!(pointers(&bad.await), ["/eventTypes", "/filter/kinds", "/secret", "/url"]);
    let bad =
        api.post(SUBSCRIPTIONS, json!({ "color": 1, "eventTypes": [1], "filter": { "products": ["x"], "x": 1 } }));
    assert_eq!(pointers(&bad.await), ["/color", "/eventTypes", "/filter/products", "/filter/x", "/url"]);
    let nobody = "019ab2c4-0000-7000-8000-000000000000";
    let form = json!({ "url": "https://example.com", "eventTypes": ["*"], "filter": { "products": [nobody] } });
    assert_eq!(pointers(&api.post(SUBSCRIPTIONS, form).await), ["/filter/products"]);
});

contract!(a_subscription_is_created_once_under_a_key, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let form = json!({ "url": "https://example.com/hooks", "eventTypes": ["*"] });
    let key = [("idempotency-key", "one")];
    let first = api.send("POST", SUBSCRIPTIONS, Some(form.clone()), &key).await;
    let second = api.send("POST", SUBSCRIPTIONS, Some(form), &key).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201), "{}", second.text());
    assert_eq!(first.json()["id"], second.json()["id"]);
    assert_eq!(second.header("idempotent-replayed"), "true");
    assert!(second.json().get("secret").is_none(), "it was shown in the first response");
    assert_eq!(api.get(SUBSCRIPTIONS).await.json()["items"].as_array().unwrap().len(), 1);
});

contract!(a_token_of_some_products_reaches_only_their_subscriptions, async |db| {
    let sending = Sending::on(db).await;
    let server = &sending.server;
    let api = Api::of(server).await;
    let receiver = Receiver::start().await;
    let (ours, ..) = api.license("ours").await;
    let (theirs, ..) = api.license("theirs").await;
    let all = Act::ALL.iter().copied().map(Into::into).collect();
    let limited = Api::with(server, all, vec![ours.parse().unwrap()]).await;
    let of = |products: Value| json!({ "filter": { "products": products } });
    let global = subscribe(&api, &receiver, &["*"], json!({})).await;
    let foreign = subscribe(&api, &receiver, &["*"], of(json!([ours, theirs]))).await;
    let own = subscribe(&limited, &receiver, &["*"], of(json!([ours]))).await;
    let listed = limited.get(SUBSCRIPTIONS).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["id"], own["id"]);
    for row in [&global, &foreign] {
        let path = format!("{SUBSCRIPTIONS}/{}", row["id"].as_str().unwrap());
        for (method, path, body) in [
            ("GET", path.clone(), None),
            ("PATCH", path.clone(), Some(json!({ "enabled": false }))),
            ("DELETE", path.clone(), None),
            ("POST", format!("{path}/verify"), None),
            ("POST", format!("{path}/vouch"), Some(json!({ "reason": "x" }))),
            ("POST", format!("{path}/rotate-secret"), None),
            ("POST", format!("{path}/test-fire"), Some(json!({ "type": "license.created" }))),
            ("GET", format!("{path}/deliveries"), None),
            ("POST", format!("{path}/replay"), Some(json!({ "deliveries": [ours] }))),
        ] {
            let answer = limited.send(method, &path, body, &[]).await;
            assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{method} {path}");
        }
    }
    for products in [json!([]), json!([theirs]), json!([ours, theirs])] {
        let form = json!({ "url": receiver.url, "eventTypes": ["*"], "filter": { "products": products } });
        assert_eq!(pointers(&limited.post(SUBSCRIPTIONS, form).await), ["/filter/products"]);
        let path = format!("{SUBSCRIPTIONS}/{}", own["id"].as_str().unwrap());
        assert_eq!(pointers(&limited.patch(&path, of(products)).await), ["/filter/products"]);
    }
});

contract!(the_types_of_messages_are_public, async |db| {
    let server = Server::on(db).await;
    let answer = server.get("/api/v1/webhooks/schemas").await;
    assert_eq!(answer.status, 200);
    let types = answer.json()["types"].as_array().unwrap().clone();
    assert!(types.len() > 30);
    for of in &types {
        assert!(of["schema"]["properties"]["actor"].is_object() && of["example"]["actor"].is_object(), "{of}");
    }
});
