//! Decisions, events and keys.

use serde_json::json;
use testing::contract;

use super::api::Api;
use crate::fixture::{JWT, Server};

contract!(decisions_are_listed_and_explained, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, license, code) = api.license("drift-pro").await;
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "a" })).await.token();
    let list = api.get(&format!("/decisions?outcome=granted&license={license}")).await.json();
    let decision = &list["items"][0];
    assert_eq!((&decision["outcome"], &decision["licenseId"]), (&json!("granted"), &json!(license)));
    let one = api.get(&format!("/decisions/{}", decision["id"].as_str().unwrap())).await;
    assert_eq!(one.status, 200, "{}", one.text());
    assert!(one.json()["steps"].as_array().unwrap().iter().all(|step| step["verdict"] != "failed"));
    assert!(one.json()["leaseEndsAt"].is_string());
    assert_eq!(api.get("/decisions?outcome=perhaps&since=now").await.bad_fields(), ["outcome", "since"]);
    assert_eq!(api.get("/decisions/019ab2c4-0000-7000-8000-000000000000").await.problem().0, 404);
});

contract!(events_name_the_program_that_acted, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, license, code) = api.license("drift-pro").await;
    let list = api.get(&format!("/events?license={license}&act=license.")).await.json();
    let event = &list["items"][0];
    assert_eq!((&event["act"], &event["actor"]["kind"]), (&json!("license.created"), &json!("api_token")));
    assert_eq!((&event["actor"]["name"], &event["subject"]["name"]), (&json!("Webshop"), &json!("Ingrid Solberg")));
    assert_eq!(api.get(&format!("/events/{}", event["id"].as_str().unwrap())).await.json(), *event);

    let acts = async |actor: &str| {
        let list = api.get(&format!("/events?license={license}&actor={actor}")).await.json();
        list["items"].as_array().unwrap().iter().map(|it| it["act"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "a" })).await.token();
    assert_eq!(acts("devices").await, ["device.activated"]);
    assert_eq!(acts("others").await, ["license.created"]);
    assert_eq!(acts(event["actor"]["id"].as_str().unwrap()).await, ["license.created"]);
    assert_eq!(api.get("/events?actor=me").await.bad_fields(), ["actor"]);
});

contract!(keys_have_their_public_halves, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let list = api.get("/keys?algorithm=ES256").await.json();
    let key = &list["items"][0];
    assert_eq!((&key["standing"], &key["algorithm"]), (&json!("signs"), &json!("ES256")));
    assert!(key["pem"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY-----"));
    assert_eq!(api.get(&format!("/keys/{}", key["kid"].as_str().unwrap())).await.json(), *key);
    assert_eq!(api.get("/keys/unknown").await.problem().0, 404);
});
