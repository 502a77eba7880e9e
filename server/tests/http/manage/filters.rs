//! Filters of licenses, tags, extensions, and moves to another policy.

use serde_json::{Value, json};
use testing::contract;

use super::api::{Api, pointers};
use crate::fixture::{JWT, Server};

/// The references of the licenses that a query finds, in its order.
async fn found(api: &Api<'_>, query: &str) -> Vec<String> {
    let page = api.get(&format!("/licenses?{query}")).await;
    assert_eq!(page.status, 200, "{query}: {}", page.text());
    let items = page.json()["items"].as_array().unwrap().clone();
    items.iter().map(|it| it["reference"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn license(api: &Api<'_>, body: Value) -> Value {
    let made = api.post("/licenses", body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

contract!(licenses_are_filtered_by_what_was_sold_and_how_it_is_used, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (product, policy, ..) = api.license("drift-pro").await;
    server.clock.advance(60);
    let first = license(
        &api,
        json!({ "policy": policy, "reference": "Order-1", "customer": "Ada Lovelace", "email": "ada@example.com",
            "tags": ["VIP", "team"], "overrides": { "validity": { "until": "2027-01-01T00:00:00Z" } } }),
    )
    .await;
    assert_eq!(first["tags"], json!(["team", "vip"]));
    server.clock.advance(60);
    let body = json!({ "policy": policy, "reference": "order-12", "customer": "Ada", "tags": ["team"] });
    let second = license(&api, body).await;
    server.post(JWT, &json!({ "activationCode": second["code"], "fingerprint": "a" })).await.token();
    for (query, expected) in [
        ("reference=order-1", &["Order-1"][..]),
        ("customer=ada", &["order-12"]),
        ("email=ADA@example.com", &["Order-1"]),
        ("tag=vip", &["Order-1"]),
        ("tag=Team", &["order-12", "Order-1"]),
        ("tag=team&order=oldest", &["Order-1", "order-12"]),
        ("seats=full", &["order-12"]),
        ("standing=active", &["order-12"]),
        ("neverActivated=true&tag=team", &["Order-1"]),
        ("endsBefore=2027-02-01", &["Order-1"]),
        ("endsAfter=2027-02-01", &[]),
        ("seenAfter=-1d", &["order-12"]),
        ("createdAfter=2100-01-01", &[]),
        ("createdBefore=2100-01-01&customer=ada", &["order-12"]),
    ] {
        assert_eq!(found(&api, query).await, expected, "{query}");
        assert_eq!(found(&api, &format!("{query}&product={product}&policy={policy}")).await, expected, "{query}");
    }
    for (query, wrong) in [
        ("endsBefore=soon", &["endsBefore"][..]),
        ("standing=old", &["standing"]),
        ("seats=many", &["seats"]),
        ("batch=x", &["batch"]),
        ("tag=a,b", &["tag"]),
        ("state=active&standing=revoked", &["state"]),
        ("endsAfter=2027-01-01&endsBefore=2026-01-01", &["endsBefore"]),
        ("createdAfter=2027-01-01&createdBefore=2027-01-01", &["createdBefore"]),
        ("neverActivated=true&seenAfter=-1d", &["neverActivated"]),
        ("neverActivated=perhaps", &["neverActivated"]),
    ] {
        assert_eq!(api.get(&format!("/licenses?{query}")).await.bad_fields(), wrong, "{query}");
    }
});

contract!(a_license_is_extended_to_a_time_or_by_a_period, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, endless, _) = api.license("drift-pro").await;
    let now = server.service.clock().now();
    let in_days = |days| (now + chrono::TimeDelta::days(days)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let until = in_days(10);
    let made = license(&api, json!({ "policy": policy, "overrides": { "validity": { "until": until } } })).await;
    let path = format!("/licenses/{}/extend", made["id"].as_str().unwrap());
    let extend = async |body: Value| api.post(&path, body).await;
    let end = async |body: Value| {
        let done = extend(body).await;
        assert_eq!(done.status, 200, "{}", done.text());
        done.json()["endsAt"].as_str().unwrap().to_owned()
    };
    assert_eq!(end(json!({ "until": in_days(20), "reason": "Paid." })).await, in_days(20));
    assert_eq!(end(json!({ "by": "P10D", "reason": "Paid." })).await, in_days(30));
    assert_eq!(end(json!({ "by": "P40D", "from": "now", "reason": "Paid." })).await, in_days(40));
    let year = end(json!({ "by": "P1Y6M", "from": "end", "reason": "Paid." })).await;
    let months = (now + chrono::TimeDelta::days(40)).checked_add_months(chrono::Months::new(18)).unwrap();
    assert_eq!(year, months.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    for (body, wrong) in [
        (json!({}), &["/reason", "/until"][..]),
        (json!({ "until": in_days(5), "reason": "x" }), &["/until"]),
        (json!({ "by": "P5D", "from": "now", "reason": "x" }), &["/by"]),
        (json!({ "by": "P1Y1D", "reason": "x" }), &["/by"]),
        (json!({ "by": "a year", "reason": "x" }), &["/by"]),
        (json!({ "by": "P1Y", "from": "start", "reason": "x" }), &["/from"]),
        (json!({ "by": "P1Y", "until": in_days(9), "reason": "x" }), &["/by"]),
        (json!({ "until": in_days(9), "from": "now", "reason": "x" }), &["/from"]),
    ] {
        assert_eq!(pointers(&extend(body.clone()).await), wrong, "{body}");
    }
    assert_eq!(api.events(Some("license.extended")).await.len(), 4);
    let never = api.post(&format!("/licenses/{endless}/extend"), json!({ "by": "P1Y", "reason": "x" })).await;
    assert_eq!(never.problem(), (409, "conflict".to_owned()));
});

contract!(tags_are_added_removed_and_replaced, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, id, _) = api.license("drift-pro").await;
    let tags = async || api.get(&format!("/licenses/{id}")).await.json()["tags"].clone();
    for tag in ["VIP", "caf%C3%A9%20au%20lait", "vip"] {
        let put = api.send("PUT", &format!("/licenses/{id}/tags/{tag}"), None, &[]).await;
        assert_eq!(put.status, 204, "{}", put.text());
    }
    assert_eq!(tags().await, json!(["café au lait", "vip"]));
    assert_eq!(api.send("DELETE", &format!("/licenses/{id}/tags/vip"), None, &[]).await.status, 204);
    assert_eq!(api.send("DELETE", &format!("/licenses/{id}/tags/unknown"), None, &[]).await.status, 204);
    assert_eq!(tags().await, json!(["café au lait"]));
    assert_eq!(api.events(Some("license.tags_changed")).await.len(), 3, "only changes are recorded");
    assert_eq!(api.send("PUT", &format!("/licenses/{id}/tags/a,b"), None, &[]).await.bad_fields(), ["tag"]);
    let patched = api.patch(&format!("/licenses/{id}"), json!({ "tags": ["b", "A", "b"], "notes": "x" })).await;
    assert_eq!(patched.json()["tags"], json!(["a", "b"]), "{}", patched.text());
    let event = api.events(Some("license.changed")).await.remove(0);
    assert_eq!(event.before, Some(json!({ "tags": "café au lait", "notes": null })));
    assert_eq!(event.after, Some(json!({ "tags": "a, b", "notes": "x" })));
    let add = [("content-type", "application/json-patch+json")];
    let operations = json!([{ "op": "add", "path": "/tags/-", "value": "c" }]);
    let added = api.send("PATCH", &format!("/licenses/{id}"), Some(operations), &add).await;
    assert_eq!(added.json()["tags"], json!(["a", "b", "c"]));
    for (tags, wrong) in [(json!("a"), "/tags"), (json!([1]), "/tags"), (json!(["a,b"]), "/tags")] {
        assert_eq!(pointers(&api.patch(&format!("/licenses/{id}"), json!({ "tags": tags })).await), [wrong]);
    }
});

contract!(a_license_moves_to_another_policy_of_its_product, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (product, old, id, code) = api.license("drift-pro").await;
    let team =
        json!({ "product": product, "name": "Team", "terms": { "seats": 5, "validity": { "fromIssue": "P1Y" } } });
    let team = api.post("/policies", team).await.json()["id"].as_str().unwrap().to_owned();
    let (_, foreign, ..) = api.license("other").await;
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "a" })).await.token();
    let moved = api.patch(&format!("/licenses/{id}"), json!({ "policy": team, "notes": "Upgraded." })).await;
    assert_eq!(moved.status, 200, "{}", moved.text());
    let moved = moved.json();
    assert_eq!(
        (&moved["policy"]["name"], &moved["seats"]),
        (&json!("Team"), &json!({ "used": 1, "allowed": 5, "over": 0 }))
    );
    assert!(moved["endsAt"].is_string());
    assert_eq!(found(&api, &format!("policy={team}")).await.len(), 1);
    let event = api.events(Some("license.changed")).await.remove(0);
    assert_eq!(event.before, Some(json!({ "policy": "Studio", "notes": null })));
    assert_eq!(event.after, Some(json!({ "policy": "Team", "notes": "Upgraded." })));
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "b" })).await.token();
    let back = api.patch(&format!("/licenses/{id}"), json!({ "policy": old })).await.json();
    assert_eq!(back["seats"], json!({ "used": 2, "allowed": 1, "over": 1 }), "devices keep their seats");
    for policy in [json!(foreign), json!("019ab2c4-0000-7000-8000-000000000000"), json!("Team"), json!(null)] {
        let refused = api.patch(&format!("/licenses/{id}"), json!({ "policy": policy })).await;
        assert_eq!(pointers(&refused), ["/policy"], "{policy}");
    }
    let replace = [("content-type", "application/json-patch+json")];
    let operations = json!([{ "op": "replace", "path": "/policy/id", "value": team }]);
    let again = api.send("PATCH", &format!("/licenses/{id}"), Some(operations), &replace).await;
    assert_eq!(again.json()["policy"]["name"], "Team");
});

contract!(pages_of_blocks_are_full_for_a_token_of_one_product, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (own, _, license, _) = api.license("ours").await;
    api.license("theirs").await;
    for n in 0..3 {
        for on in
            [json!({ "product": "theirs" }), json!({}), json!({ "product": "ours" }), json!({ "license": license })]
        {
            let mut body = json!({ "fingerprint": format!("device {n}"), "reason": "Stolen." });
            body.as_object_mut().unwrap().extend(on.as_object().unwrap().clone());
            assert_eq!(api.post("/blocks", body).await.status, 201);
        }
    }
    let limited = Api::with(&server, vec![licensing::Act::DevicesSee.into()], vec![own.parse().unwrap()]).await;
    let (mut sizes, mut path) = (vec![], "/blocks?limit=4".to_owned());
    loop {
        let page = limited.get(&path).await.json();
        sizes.push(page["items"].as_array().unwrap().len());
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/blocks?limit=4&cursor={next}");
    }
    assert_eq!(sizes, [4, 2]);
    assert_eq!(limited.get("/blocks?product=ours").await.json()["items"].as_array().unwrap().len(), 3);
});
