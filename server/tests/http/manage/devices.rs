//! Activations, blocks and pre-registered devices.

use serde_json::json;
use testing::contract;

use super::api::{Api, pointers};
use crate::fixture::{JWT, Server};

contract!(a_device_is_labelled_freed_restored_and_revoked, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, license, code) = api.license("drift-pro").await;
    let body = json!({ "activationCode": code, "fingerprint": "a", "deviceName": "Mac" });
    server.post(JWT, &body).await.token();
    let list = api.get(&format!("/activations?license={license}&held=true")).await.json();
    let device = &list["items"][0];
    assert_eq!(
        (&device["fingerprint"], &device["deviceName"], &device["held"]),
        (&json!("a"), &json!("Mac"), &json!(true))
    );
    assert_eq!(api.get("/activations?fingerprint=a").await.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(api.get("/activations?fingerprint=b").await.json()["items"], json!([]));
    let path = format!("/activations/{}", device["id"].as_str().unwrap());
    let labelled = api.patch(&path, json!({ "label": "Studio A" })).await;
    assert_eq!(
        (labelled.header("etag"), &labelled.json()["label"]),
        ("\"r2\"", &json!("Studio A")),
        "{}",
        labelled.text()
    );
    let stale = api.send("PATCH", &path, Some(json!({ "label": "x" })), &[("if-match", "\"r1\"")]).await;
    assert_eq!(stale.problem(), (412, "precondition_failed".to_owned()));
    let reason = || json!({ "reason": "The customer asked for it." });
    assert_eq!(api.post(&format!("{path}/free"), reason()).await.json()["held"], false);
    assert_eq!(api.post(&format!("{path}/free"), reason()).await.problem(), (409, "conflict".to_owned()));
    assert_eq!(api.send("POST", &format!("{path}/undo"), None, &[]).await.json()["held"], true);
    let revoked = api.post(&format!("{path}/revoke"), reason()).await.json();
    assert!(revoked["revokedAt"].is_string());
    assert_eq!(api.get(&path).await.json(), revoked);
});

contract!(a_device_is_blocked_and_the_block_is_lifted, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (product, _, license, code) = api.license("drift-pro").await;
    let activate = json!({ "activationCode": code, "fingerprint": "a" });
    server.post(JWT, &activate).await.token();
    let body = json!({ "fingerprint": "a", "license": license, "revoke": true, "reason": "Stolen." });
    let made = api.post("/blocks", body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!((&made.json()["scope"], &made.json()["seatsTaken"]), (&json!("license"), &json!(1)));
    assert_eq!(server.post(JWT, &activate).await.problem().1, "device_blocked");
    assert_eq!(api.post("/blocks", body).await.problem(), (409, "conflict".to_owned()));
    assert_eq!(api.get(&format!("/blocks?license={license}")).await.json()["items"][0]["id"], made.json()["id"]);
    assert_eq!(api.get(&format!("/blocks?product={product}")).await.json()["items"], json!([]));
    let path = made.header("location").to_owned();
    assert_eq!(api.post(&format!("{path}/lift"), json!({ "reason": "Found again." })).await.status, 204);
    assert_eq!(api.get(&path).await.problem().0, 404);
    server.post(JWT, &activate).await.token();
    let both = json!({ "fingerprint": "a", "license": license, "product": product, "reason": "Stolen." });
    assert_eq!(pointers(&api.post("/blocks", both).await), ["/product"]);
});

contract!(devices_are_pre_registered_and_removed, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, license, _) = api.license("drift-pro").await;
    let path = format!("/licenses/{license}/authorized");
    let added =
        api.post(&path, json!({ "devices": [{ "fingerprint": "a", "note": "Ada" }, { "fingerprint": "b" }] })).await;
    assert_eq!(added.json(), json!({ "new": 2, "known": 0 }), "{}", added.text());
    let again = api.post(&path, json!({ "devices": [{ "fingerprint": "b" }, { "fingerprint": "c" }] })).await;
    assert_eq!(again.json(), json!({ "new": 1, "known": 1 }));
    assert_eq!(api.get(&path).await.json()["items"].as_array().unwrap().len(), 3);
    let remove = json!({ "fingerprint": "b", "reason": "Sold." });
    assert_eq!(api.post(&format!("{path}/remove"), remove.clone()).await.status, 204);
    assert_eq!(api.post(&format!("{path}/remove"), remove).await.problem().0, 404);
    let refused = api.post(&path, json!({ "devices": [{ "fingerprint": "" }, { "finger": "x" }, 7] })).await;
    let expected = ["/devices/0/fingerprint", "/devices/1/finger", "/devices/1/fingerprint", "/devices/2"];
    assert_eq!(pointers(&refused), expected);
    assert_eq!(pointers(&api.post(&path, json!({})).await), ["/devices"]);
});
