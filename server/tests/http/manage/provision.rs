//! The provision paths of the published contract.

use licensing::Act;
use serde_json::{Value, json};
use testing::contract;

use super::api::{Api, pointers};
use crate::fixture::{Answer, JWT, Server};

const PRODUCTS: &str = "/api/v1/provision/admin/assets/products";
const FROM_TEMPLATE: &str = "/api/v1/provision/admin/entitlements/templates/from-template";

fn patch(path: &str, value: impl Into<Value>) -> Value {
    json!([{ "op": "replace", "path": path, "value": value.into() }])
}

async fn send_patch(api: &Api<'_>, path: &str, body: Value) -> Answer {
    api.send("PATCH", path, Some(body), &[("content-type", "application/json-patch+json")]).await
}

contract!(a_product_gets_versions_features_a_name_and_a_status, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let first = json!({ "productCode": "drift", "productVersion": "1.0.0", "name": "Drift" });
    let made = api.post(PRODUCTS, first.clone()).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        made.json(),
        json!({ "id": id, "name": "Drift", "productCode": "drift", "productVersion": "1.0.0", "status": 2, "features": [] })
    );
    assert_eq!(api.post(PRODUCTS, first).await.problem(), (409, "conflict".to_owned()), "code and version are known");
    let renaming = json!({ "productCode": "drift", "productVersion": "2.0.0", "name": "Another" });
    assert_eq!(pointers(&api.post(PRODUCTS, renaming).await), ["/name"], "a new version renames nothing");
    let second = json!({ "productCode": "drift", "productVersion": "2.0.0", "name": "Drift" });
    assert_eq!(api.post(PRODUCTS, second).await.json()["productVersion"], "2.0.0");
    assert_eq!(api.get("/products/drift").await.json()["releases"].as_array().unwrap().len(), 2);

    let path = format!("{PRODUCTS}/{id}/features");
    for (kind, value, default) in [
        ("Boolean", json!(true), json!(true)),
        ("Numeric", json!(64), json!(64)),
        ("Text", Value::Null, json!("")),
        ("Enumeration", json!(["basic", "pro"]), json!("basic")),
    ] {
        let body = json!({ "featureCode": kind.to_lowercase(), "type": kind, "value": value, "isEnabled": true });
        let added = api.post(&path, body.clone()).await;
        let features = added.json()["features"].clone();
        let last = features.as_array().unwrap().last().unwrap().clone();
        assert_eq!(last, json!({ "featureCode": kind.to_lowercase(), "type": kind, "value": default }));
        assert_eq!(api.post(&path, body).await.problem().0, 409, "{kind} exists");
    }
    let renamed = send_patch(&api, &format!("{PRODUCTS}/{id}"), patch("/name", "Drift Pro")).await;
    assert_eq!((renamed.status.as_u16(), &renamed.json()["name"]), (200, &json!("Drift Pro")), "{}", renamed.text());

    for (status, lifecycle) in [(5, "withdrawn"), (5, "withdrawn"), (2, "active")] {
        let set = api.send("PUT", &format!("{PRODUCTS}/{id}/status?lifecycleStatus={status}"), None, &[]).await;
        assert_eq!(set.status, 204, "{}", set.text());
        assert_eq!(api.get("/products/drift").await.json()["lifecycle"], lifecycle);
    }
    assert_eq!(api.events(Some("product.withdrawn")).await.len(), 1, "the second time nothing changed");
});

contract!(what_latchkey_does_not_have_is_refused_at_its_member, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (product, policy, license, _) = api.license("drift").await;
    let events = api.count_events().await;
    for (body, wrong) in [
        (json!({}), &["/name", "/productCode", "/productVersion"][..]),
        (
            json!({ "productCode": "x", "productVersion": "1", "name": "X", "description": "d", "externalId": "e" }),
            &["/description", "/externalId"],
        ),
        (
            json!({ "productCode": "x", "productVersion": "one", "name": "X", "colour": 1 }),
            &["/colour", "/productVersion"],
        ),
    ] {
        assert_eq!(pointers(&api.post(PRODUCTS, body.clone()).await), wrong, "{body}");
    }
    for (body, wrong) in [
        (json!({ "featureCode": "x", "type": "Metered" }), &["/type"][..]),
        (json!({ "featureCode": "x", "type": "JsonField", "value": {} }), &["/type"]),
        (json!({ "featureCode": "x", "type": "Boolean", "units": "h", "isEnabled": false }), &["/isEnabled", "/units"]),
        (
            json!({ "featureCode": "x", "type": "Boolean", "isAvailableDuringTrialPeriod": false, "canModifyValue": false }),
            &["/canModifyValue", "/isAvailableDuringTrialPeriod"],
        ),
        (json!({ "type": "Enumeration", "value": "pro" }), &["/featureCode", "/value"]),
    ] {
        assert_eq!(pointers(&api.post(&format!("{PRODUCTS}/{product}/features"), body.clone()).await), wrong, "{body}");
    }
    for status in ["0", "1", "3", "4", "6", "7", "8", "Enabled"] {
        let path = format!("{PRODUCTS}/{product}/status?lifecycleStatus={status}");
        let refused = api.send("PUT", &path, None, &[]).await;
        assert_eq!(refused.bad_fields(), ["lifecycleStatus"], "{status}");
        assert!(refused.text().contains("2 (Enabled) or 5 (Suspended)"), "{status}: {}", refused.text());
    }
    let of = |name: &str, value: Value| json!({ "templateId": policy, name: value });
    let workflow = "licenseActivationWorkflowParameters";
    for (body, wrong) in [
        (json!({}), "/templateId"),
        (json!({ "templateName": "Nothing" }), "/templateName"),
        (of("templateName", json!("Studio")), "/templateName"),
        (of("templateVersion", json!("1.0")), "/templateVersion"),
        (of("requiresUserConsent", json!(true)), "/requiresUserConsent"),
        (of("entitlementParameters", json!({ "isRevoked": true })), "/entitlementParameters/isRevoked"),
        (of("entitlementParameters", json!({ "isTrial": true })), "/entitlementParameters/isTrial"),
        (
            of("entitlementParameters", json!({ "customerContactEmail": "x" })),
            "/entitlementParameters/customerContactEmail",
        ),
        (of(workflow, json!({ "fingerprint": "a" })), "/licenseActivationWorkflowParameters/fingerprint"),
        (
            of(workflow, json!({ "preAuthorizedDevices": ["a"] })),
            "/licenseActivationWorkflowParameters/preAuthorizedDevices",
        ),
        (
            of(workflow, json!({ "maxDeviceActivations": 0 })),
            "/licenseActivationWorkflowParameters/maxDeviceActivations",
        ),
        (
            of(workflow, json!({ "requiredAuthenticationLevel": 4 })),
            "/licenseActivationWorkflowParameters/requiredAuthenticationLevel",
        ),
        (
            of(workflow, json!({ "expirationTimeStamp": "2030-01-01T00:00:00Z" })),
            "/licenseActivationWorkflowParameters/expirationTimeStamp",
        ),
    ] {
        assert_eq!(pointers(&api.post(FROM_TEMPLATE, body.clone()).await), [wrong], "{body}");
    }
    let path = format!("/api/v1/provision/admin/entitlements/{license}");
    assert_eq!(pointers(&send_patch(&api, &path, patch("/isTrial", true)).await), ["/isTrial"]);
    let both = json!([{ "op": "replace", "path": "/isRevoked", "value": true },
        { "op": "replace", "path": "/reference", "value": "x" }]);
    assert_eq!(pointers(&send_patch(&api, &path, both).await), ["/isRevoked"]);
    assert_eq!(api.count_events().await, events, "nothing was done");
});

contract!(an_entitlement_is_created_from_a_template_changed_and_revoked, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    api.license("drift").await;
    let body = json!({
        "templateName": "Studio",
        "entitlementParameters": { "customerContactName": "Ada Lovelace", "orderId": "order-7", "customerId": "c-1",
            "reference": "r-1", "description": "VIP", "isTrial": false, "isRevoked": false },
        "licenseActivationWorkflowParameters": { "activationCode": "SPRING-SALE-2026", "maxDeviceActivations": 3,
            "email": "ada@example.com", "requiredAuthenticationLevel": 1 },
    });
    let key = [("idempotency-key", "order-7")];
    let made = api.send("POST", FROM_TEMPLATE, Some(body.clone()), &key).await;
    assert_eq!(
        (made.status.as_u16(), &made.json()["activationCode"]),
        (200, &json!("SPRING-SALE-2026")),
        "{}",
        made.text()
    );
    let again = api.send("POST", FROM_TEMPLATE, Some(body), &key).await;
    assert_eq!((again.header("idempotent-replayed"), again.json()), ("true", made.json()));
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let license = api.get(&format!("/licenses/{id}")).await.json();
    assert_eq!(license["customer"], "Ada Lovelace");
    assert_eq!(license["metadata"], json!({ "customerId": "c-1", "orderId": "order-7" }));
    assert_eq!(license["overrides"], json!({ "seats": 3, "email": "must-match", "signIn": "not-asked" }));
    let device = json!({ "activationCode": "spring-sale-2026", "fingerprint": "a", "email": "ada@example.com" });
    server.post(JWT, &device).await.token();

    let path = format!("/api/v1/provision/admin/entitlements/{id}");
    let changed = send_patch(&api, &path, patch("/orderId", "order-8")).await;
    assert_eq!((changed.status.as_u16(), changed.text()), (200, ""));
    let after = api.get(&format!("/licenses/{id}")).await.json();
    assert_eq!(after["metadata"], json!({ "customerId": "c-1", "orderId": "order-8" }));
    assert_eq!(
        (&after["overrides"], &after["customer"]),
        (&license["overrides"], &license["customer"]),
        "all else is kept"
    );

    let may = |acts: &[Act]| acts.iter().copied().map(Into::into).collect();
    let sells = Api::with(&server, may(&[Act::LicensesChange]), vec![]).await;
    let refused = send_patch(&sells, &path, patch("/isRevoked", true)).await;
    assert_eq!(refused.problem(), (403, "not_permitted".to_owned()));
    assert!(refused.text().contains("licenses.revoke"), "{}", refused.text());
    let revokes = Api::with(&server, may(&[Act::LicensesChange, Act::LicensesRevoke]), vec![]).await;
    assert_eq!(send_patch(&revokes, &path, patch("/isRevoked", true)).await.status, 200);
    assert_eq!(api.get(&format!("/licenses/{id}")).await.json()["state"], "revoked");
    assert_eq!(send_patch(&api, &path, patch("/isRevoked", false)).await.problem(), (409, "conflict".to_owned()));
});

contract!(a_token_of_one_product_provisions_that_product_alone, async |db| {
    let server = Server::on(db).await;
    let all = Api::of(&server).await;
    let (own, ..) = all.license("ours").await;
    let (theirs, policy, license, _) = all.license("theirs").await;
    let acts = [
        Act::ProductsCreate,
        Act::ProductsChange,
        Act::ProductsAnnounceVersion,
        Act::LicensesCreate,
        Act::LicensesChange,
    ];
    let api = Api::with(&server, acts.map(Into::into).to_vec(), vec![own.parse().unwrap()]).await;
    let events = all.count_events().await;
    let body = |code: &str| json!({ "productCode": code, "productVersion": "9.0", "name": "X" });
    for code in ["theirs", "third"] {
        assert_eq!(api.post(PRODUCTS, body(code)).await.problem().0, 403, "{code}: as if it did not exist");
    }
    let feature = json!({ "featureCode": "x", "type": "Boolean" });
    assert_eq!(api.post(&format!("{PRODUCTS}/{theirs}/features"), feature).await.problem().0, 404);
    assert_eq!(send_patch(&api, &format!("{PRODUCTS}/{theirs}"), patch("/name", "x")).await.problem().0, 404);
    let path = format!("{PRODUCTS}/{theirs}/status?lifecycleStatus=5");
    assert_eq!(api.send("PUT", &path, None, &[]).await.problem().0, 404);
    assert_eq!(pointers(&api.post(FROM_TEMPLATE, json!({ "templateId": policy })).await), ["/templateId"]);
    let path = format!("/api/v1/provision/admin/entitlements/{license}");
    assert_eq!(send_patch(&api, &path, patch("/reference", "x")).await.problem().0, 404);
    assert_eq!(all.count_events().await, events);
    assert_eq!(api.post(PRODUCTS, json!({ "productCode": "ours", "productVersion": "9.0" })).await.status, 200);
    let made = api.post(FROM_TEMPLATE, json!({ "templateName": "Studio" })).await;
    assert_eq!(made.status, 200, "only the policy in reach counts: {}", made.text());
    assert_eq!(pointers(&all.post(FROM_TEMPLATE, json!({ "templateName": "Studio" })).await), ["/templateName"]);
});
