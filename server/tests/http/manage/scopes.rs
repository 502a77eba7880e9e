//! Access to the management API: valid tokens, and the products that they reach. `admin::access_table` tests the acts.

use axum::{
    body::Body,
    http::{Request, header::AUTHORIZATION},
};
use licensing::{Act, Role};
use serde_json::json;
use server::routes::Opens;
use service::{Actor, Service};
use testing::contract;
use uuid::Uuid;

use super::api::Api;
use crate::{
    admin::person::{accounts, signed_in},
    fixture::{JWT, Server},
};

const NOBODY: &str = "019ab2c4-0000-7000-8000-000000000000";

/// The routes of the management API, with an id that does not exist in each variable part.
fn routes() -> Vec<(&'static str, String)> {
    let of_act = |route: &server::routes::Route| match route.opens {
        Opens::Act(_) => Some((route.method, route.path)),
        _ => None,
    };
    let fill = |path: &str| {
        path.split('/').map(|part| if part.starts_with('{') { NOBODY } else { part }).collect::<Vec<_>>().join("/")
    };
    let all: Vec<_> = server::access_table::ACCESS_TABLE
        .iter()
        .filter_map(of_act)
        .map(|(method, path)| (method, fill(path)))
        .collect();
    assert!(all.len() > 40);
    all
}

contract!(nobody_calls_without_a_token_that_is_valid, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let ended = Api::of(&server).await;
    server.service.identity().revoke_api_token(ended.id, "Leaked.", &Actor::command()).await.unwrap();
    for (method, path) in routes() {
        let request = || Request::builder().method(method).uri(&path);
        let anonymous = server.send(request().body(Body::empty()).unwrap()).await;
        assert_eq!(anonymous.problem(), (401, "invalid_token".to_owned()), "{method} {path}");
        let cookie =
            owner.send(request().header("origin", "https://licenses.example.com").body(Body::empty()).unwrap()).await;
        assert_eq!(cookie.status, 401, "{method} {path}: a cookie gives no access here");
        assert_eq!(ended.send(method, &path, None, &[]).await.problem().0, 401, "{method} {path}: revoked");
        let wrong =
            server.send(request().header(AUTHORIZATION, "Bearer lk_nonsense").body(Body::empty()).unwrap()).await;
        assert_eq!(wrong.problem().0, 401, "{method} {path}");
    }
});

contract!(a_token_does_not_reveal_what_other_products_have, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (product, policy, id, code) = api.license("theirs").await;
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "a" })).await.token();
    let device = api.get("/activations").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let decision = api.get("/decisions").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let event = api.events(Some("license.created")).await[0].id.to_string();
    let blocked = api.post("/blocks", json!({ "fingerprint": "z", "license": id, "reason": "Stolen." })).await.json();
    let block = blocked["id"].as_str().unwrap().to_owned();
    let (own, _, _, _) = api.license("ours").await;
    let all = Act::ALL.iter().copied().map(Into::into).collect();
    let limited = Api::with(&server, all, vec![own.parse().unwrap()]).await;
    let reason = || Some(json!({ "reason": "Because." }));
    let fill = |path: &str| {
        let ids = [
            ("PRODUCT", &product),
            ("POLICY", &policy),
            ("LICENSE", &id),
            ("DEVICE", &device),
            ("BLOCK", &block),
            ("DECISION", &decision),
            ("EVENT", &event),
        ];
        ids.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id))
    };
    let calls = [
        ("GET", "/products/PRODUCT", None),
        ("GET", "/products/theirs", None),
        ("PATCH", "/products/PRODUCT", Some(json!({ "name": "x" }))),
        ("PUT", "/products/PRODUCT/lifecycle", Some(json!({ "lifecycle": "withdrawn", "reason": "x" }))),
        ("PUT", "/products/PRODUCT/features/x", Some(json!({ "kind": "boolean", "default": true }))),
        ("DELETE", "/products/PRODUCT/features/x", None),
        ("PUT", "/products/PRODUCT/releases/1.0", Some(json!({}))),
        ("DELETE", "/products/PRODUCT/releases/1.0", None),
        ("GET", "/policies/POLICY", None),
        ("PATCH", "/policies/POLICY", Some(json!({ "name": "x" }))),
        ("GET", "/licenses/LICENSE", None),
        ("PATCH", "/licenses/LICENSE", Some(json!({ "notes": "x" }))),
        ("POST", "/licenses/LICENSE/suspend", reason()),
        ("POST", "/licenses/LICENSE/reinstate", reason()),
        ("POST", "/licenses/LICENSE/revoke", reason()),
        ("POST", "/licenses/LICENSE/extend", Some(json!({ "by": "P1Y", "reason": "x" }))),
        ("PUT", "/licenses/LICENSE/tags/a", None),
        ("DELETE", "/licenses/LICENSE/tags/a", None),
        ("POST", "/licenses/LICENSE/reveal", None),
        ("POST", "/licenses/LICENSE/reissue", reason()),
        ("POST", "/licenses/LICENSE/reset-transfers", reason()),
        ("POST", "/licenses/LICENSE/try", Some(json!({ "fingerprint": "a" }))),
        ("GET", "/licenses/LICENSE/authorized", None),
        ("POST", "/licenses/LICENSE/authorized", Some(json!({ "devices": [{ "fingerprint": "b" }] }))),
        ("POST", "/licenses/LICENSE/authorized/remove", Some(json!({ "fingerprint": "b", "reason": "x" }))),
        ("GET", "/activations?license=LICENSE", None),
        ("GET", "/activations/DEVICE", None),
        ("PATCH", "/activations/DEVICE", Some(json!({ "label": "x" }))),
        ("POST", "/activations/DEVICE/free", reason()),
        ("POST", "/activations/DEVICE/revoke", reason()),
        ("POST", "/activations/DEVICE/undo", None),
        ("POST", "/blocks", Some(json!({ "fingerprint": "y", "license": id, "reason": "x" }))),
        ("GET", "/blocks/BLOCK", None),
        ("POST", "/blocks/BLOCK/lift", reason()),
        ("GET", "/decisions/DECISION", None),
        ("GET", "/events?license=LICENSE", None),
        ("GET", "/events/EVENT", None),
    ];
    let before = api.count_events().await;
    for (method, path, body) in calls {
        let path = fill(path);
        let answer = limited.send(method, &path, body.clone(), &[]).await;
        assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{method} {path}: {}", answer.text());
        let unknown = [&product, &policy, &id, &device, &block, &decision, &event]
            .iter()
            .fold(path.clone(), |path, id| path.replace(id.as_str(), NOBODY));
        if unknown != path && path != "/blocks" {
            let nothing = limited.send(method, &unknown, body, &[]).await;
            assert_eq!(nothing.json()["detail"], answer.json()["detail"], "{method} {path}: the same as for nothing");
        }
    }
    for path in
        ["/products", "/policies", "/licenses", "/activations", "/blocks", "/decisions", "/events", "/keys", "/jobs"]
    {
        let list = limited.get(path).await;
        assert_eq!(list.status, 200, "{path}");
        for foreign in [&product, &policy, &id, &device, &block, &decision] {
            assert!(!list.text().contains(foreign.as_str()), "{path} names {foreign}");
        }
    }
    let found = limited.post("/licenses/lookup", json!({ "code": code })).await.json();
    assert_eq!(found["items"], json!([]));
    for (path, body) in [
        ("/products", json!({ "code": "third", "name": "Third" })),
        ("/blocks", json!({ "fingerprint": "y", "reason": "On the whole server." })),
    ] {
        assert_eq!(limited.post(path, body).await.problem(), (403, "not_permitted".to_owned()), "{path}");
    }
    let refused = limited.post("/licenses", json!({ "policy": policy })).await;
    assert_eq!(refused.problem().0, 400, "as for a policy that does not exist");
    assert_eq!(api.count_events().await, before, "nothing was done");
});

contract!(a_token_revoked_while_its_call_waits_does_nothing, async |db| {
    let server = Server::on(db).await;
    let service: &Service = &server.service;
    let api = Api::of(&server).await;
    let (_, _, id, _) = api.license("drift-pro").await;
    let caller = service.identity().api_caller(&api.token, None).await.unwrap();
    let program = caller.authorize(Act::LicensesSuspend, service::Origin::default()).unwrap();
    service.identity().revoke_api_token(api.id, "Leaked.", &Actor::command()).await.unwrap();
    let id: Uuid = id.parse().unwrap();
    let done =
        service.licenses().change_state(id, licensing::license::StateChange::Suspend, "Because.", &program).await;
    assert!(matches!(done, Err(service::Error::InvalidToken(_))), "{done:?}");
});
