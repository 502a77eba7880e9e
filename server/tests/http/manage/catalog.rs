//! Products, features, releases and policies.

use serde_json::json;
use testing::contract;

use super::api::{Api, pointers};
use crate::fixture::{JWT, Server};

contract!(a_product_is_created_changed_and_withdrawn, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let body = json!({ "code": "drift-pro", "name": "Drift Pro", "algorithm": "EdDSA",
        "features": [{ "code": "tier", "kind": "choice", "choices": ["basic", "pro"], "default": "basic" }] });
    let made = api.post("/products", body).await;
    assert_eq!((made.status.as_u16(), made.header("etag")), (201, "\"r1\""), "{}", made.text());
    let read = api.get("/products/drift-pro").await;
    assert_eq!(read.json(), made.json(), "by its code");
    assert_eq!(api.get(made.header("location")).await.json(), made.json());
    let changed = api.patch("/products/drift-pro", json!({ "name": "Drift" })).await.json();
    assert_eq!((&changed["name"], &changed["features"]), (&json!("Drift"), &made.json()["features"]));
    assert_eq!(
        pointers(&api.patch("/products/drift-pro", json!({ "code": "x", "revision": 9 })).await),
        ["/code", "/revision"]
    );
    let withdrawn = json!({ "lifecycle": "withdrawn", "reason": "End of sale." });
    assert_eq!(api.put("/products/drift-pro/lifecycle", withdrawn.clone()).await.json()["lifecycle"], "withdrawn");
    assert_eq!(api.put("/products/drift-pro/lifecycle", withdrawn).await.problem(), (409, "conflict".to_owned()));
    assert_eq!(api.get("/products?lifecycle=active").await.json()["items"], json!([]));
    let taken = api.post("/products", json!({ "code": "drift-pro", "name": "Other" })).await;
    assert_eq!(pointers(&taken), ["/code"]);
    let bad = json!({ "code": "X y", "algorithm": "none", "features": [{ "code": "a", "kind": "colour" }, 7] });
    let refused = pointers(&api.post("/products", bad).await);
    assert_eq!(refused, ["/algorithm", "/features/0/default", "/features/0/kind", "/features/1", "/name"]);
});

contract!(features_and_releases_are_put_and_deleted, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, ..) = api.license("drift-pro").await;
    let put = api.put("/products/drift-pro/features/voices", json!({ "kind": "number", "default": 64 })).await;
    assert_eq!(
        put.json()["features"],
        json!([{ "code": "voices", "kind": "number", "default": 64 }]),
        "{}",
        put.text()
    );
    api.put("/products/drift-pro/features/voices", json!({ "kind": "number", "default": 32 })).await;
    assert_eq!(api.get("/products/drift-pro").await.json()["features"][0]["default"], 32);
    assert_eq!(pointers(&api.put("/products/drift-pro/features/x", json!({ "kind": "number" })).await), ["/default"]);
    api.post("/licenses", json!({ "policy": policy, "features": { "voices": 128 } })).await;
    let used = api.send("DELETE", "/products/drift-pro/features/voices", None, &[]).await;
    assert_eq!(used.problem(), (409, "conflict".to_owned()), "a license sets it");
    api.put("/products/drift-pro/features/voice", json!({ "kind": "boolean", "default": true })).await;
    assert_eq!(api.send("DELETE", "/products/drift-pro/features/voice", None, &[]).await.status, 204, "another name");
    assert_eq!(api.send("DELETE", "/products/drift-pro/features/voice", None, &[]).await.problem().0, 404);
    let released = api.put("/products/drift-pro/releases/v2.1", json!({ "releasedAt": "2026-02-01T00:00:00Z" })).await;
    assert_eq!(released.json()["releases"], json!([{ "version": "2.1.0", "releasedAt": "2026-02-01T00:00:00Z" }]));
    let again = api.put("/products/drift-pro/releases/2.1.0", json!({})).await;
    assert_eq!(again.json()["releases"], released.json()["releases"], "a repeated announcement moves no date");
    assert_eq!(api.put("/products/drift-pro/releases/new", json!({})).await.bad_fields(), ["version"]);
    assert_eq!(api.send("DELETE", "/products/drift-pro/releases/2.1.0", None, &[]).await.status, 204);
    assert_eq!(api.get("/products/drift-pro").await.json()["releases"], json!([]));
});

contract!(a_policy_is_created_and_changed_and_its_effect_is_foretold, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (product, ..) = api.license("drift-pro").await;
    let body = json!({ "product": "drift-pro", "name": "Team", "terms": { "seats": 2, "validity": { "fromIssue": "P1Y6M" } } });
    let made = api.post("/policies", body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let policy = made.json();
    assert_eq!(
        (&policy["product"], &policy["terms"]["seats"], &policy["terms"]["grace"], &policy["terms"]["validity"]),
        (&json!(product), &json!(2), &json!("P7D"), &json!({ "fromIssue": "P1Y6M" }))
    );
    assert!(policy["sentence"].as_str().unwrap().contains("2 devices"));
    let path = made.header("location").to_owned();
    let license = api.post("/licenses", json!({ "policy": policy["id"] })).await.json();
    for device in ["a", "b"] {
        server.post(JWT, &json!({ "activationCode": license["code"], "fingerprint": device })).await.token();
    }
    server.advance_days(10);
    let narrow = json!({ "terms": { "seats": 1, "lease": { "default": "P7D" }, "validity": { "fromIssue": "P5D" } } });
    let effect = api.patch(&format!("{path}?dryRun=true"), narrow.clone()).await;
    assert_eq!(effect.status, 200, "{}", effect.text());
    assert_eq!(
        effect.json(),
        json!({ "licenses": 1, "licensesNarrowed": 1, "devicesOver": 1, "leasesShorter": 1, "licensesEnded": 1, "truncated": false })
    );
    let same = api.patch(&format!("{path}?dryRun=true"), json!({ "terms": { "seats": 2 } })).await.json();
    assert_eq!(same["licenses"], 0, "the value is the same");
    assert_eq!(api.get(&path).await.json(), policy, "nothing was changed");
    let changed = api.patch(&path, narrow).await;
    assert_eq!(
        (changed.header("etag"), &changed.json()["terms"]["validity"]),
        ("\"r2\"", &json!({ "fromIssue": "P5D" }))
    );
    assert_eq!(api.get(&format!("/licenses/{}", license["id"].as_str().unwrap())).await.json()["standing"], "ended");
    let seen = api.send("PATCH", &path, Some(json!({ "name": "x" })), &[("if-match", "\"r1\"")]).await;
    assert_eq!(seen.problem(), (412, "precondition_failed".to_owned()));
    let refused = api.patch(&path, json!({ "terms": { "seats": 0, "overage": { "seats": 2, "percent": 1 } } })).await;
    assert_eq!(pointers(&refused), ["/terms/overage"]);
    assert_eq!(pointers(&api.patch(&path, json!({ "terms": { "seats": 0 } })).await), ["/terms/seats"]);
    assert_eq!(api.get("/policies?product=drift-pro").await.json()["items"].as_array().unwrap().len(), 2);
});
