//! Exports.

use licensing::Act;
use serde_json::{Value, json};
use testing::contract;

use super::api::{Api, pointers};
use crate::fixture::{Answer, JWT, Server};

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

contract!(licenses_and_records_are_exported_and_each_export_is_recorded, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, id, code) = api.license("drift-pro").await;
    api.post("/licenses", json!({ "policy": policy, "customer": "=SUM(1)", "tags": ["vip"] })).await;
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "a", "deviceName": "Studio" })).await.token();
    let of = |of: &str| json!({ "of": of });

    let licenses = api.post("/exports", of("licenses")).await;
    assert_eq!(licenses.header("content-type"), "application/jsonl; charset=utf-8");
    assert!(licenses.header("content-disposition").starts_with("attachment; filename=\"licenses-"));
    assert_eq!((lines(&licenses).len(), &lines(&licenses)[1]["id"]), (2, &json!(id)));
    assert!(!licenses.text().contains(&code));
    let csv = json!({ "of": "licenses", "format": "csv", "codes": true, "filter": { "tag": "vip" } });
    let csv = api.post("/exports", csv).await;
    assert_eq!((csv.header("content-type"), csv.text().lines().count()), ("text/csv; charset=utf-8", 2));
    assert!(csv.text().contains("\"'=SUM(1)\"") && csv.text().lines().next().unwrap().ends_with(",codeTail,code"));
    let event = api.events(Some("licenses.exported")).await.remove(0);
    assert_eq!(event.after, Some(json!({ "format": "csv", "codes": true, "filter": { "tag": "vip" } })));

    let activations = lines(&api.post("/exports", of("activations")).await);
    assert_eq!((activations.len(), &activations[0]["license"]), (1, &json!(id)));
    assert_eq!((&activations[0]["product"], &activations[0]["held"]), (&json!("drift-pro"), &json!(true)));
    let decisions = lines(&api.post("/exports", of("decisions")).await);
    assert_eq!((decisions.len(), &decisions[0]["outcome"]), (1, &json!("granted")));
    let refused = json!({ "of": "decisions", "filter": { "outcome": "refused" }, "format": "csv" });
    assert_eq!(api.post("/exports", refused).await.text().lines().count(), 1, "the headings");
    let events = lines(&api.post("/exports", json!({ "of": "events", "filter": { "license": id } })).await);
    let acts: Vec<_> = events.iter().map(|event| event["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["device.activated", "license.created"]);
    let recorded = api.events(Some("records.exported")).await;
    let names: Vec<_> = recorded.iter().map(|event| event.subject_name.as_str()).collect();
    assert_eq!(names, ["the audit log", "decisions", "decisions", "activations"]);
    assert_eq!(recorded[0].after, Some(json!({ "format": "jsonl", "filter": { "license": id } })));

    for (body, wrong) in [
        (json!({}), &["/of"][..]),
        (json!({ "of": "secrets" }), &["/of"]),
        (json!({ "of": "events", "codes": true }), &["/codes"]),
        (json!({ "of": "licenses", "format": "xml", "filter": { "state": "new" } }), &["/filter/state", "/format"]),
        (json!({ "of": "decisions", "filter": { "tag": "a" } }), &["/filter/tag"]),
        (json!({ "of": "activations", "filter": { "held": "perhaps" } }), &["/filter/held"]),
    ] {
        assert_eq!(pointers(&api.post("/exports", body.clone()).await), wrong, "{body}");
    }
    assert_eq!(api.events(Some("records.exported")).await.len(), 4, "nothing else was exported");
});

contract!(events_and_exports_write_terms_like_every_other_call, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, ..) = api.license("drift-pro").await;
    let own = json!({ "seats": 3, "grace": "P7D", "signIn": "not-asked" });
    let made = api.post("/licenses", json!({ "policy": policy, "overrides": own, "tags": ["vip"] })).await.json();
    let id = &made["id"];
    let events = api.get(&format!("/events?license={}", id.as_str().unwrap())).await.json();
    let exported = lines(&api.post("/exports", json!({ "of": "events", "filter": { "license": id } })).await);
    for after in [&events["items"][0]["after"], &exported[0]["after"]] {
        assert_eq!((&after["overrides"], &after["codeTail"]), (&own, &made["codeTail"]), "{after}");
    }
    let vip = json!({ "of": "licenses", "filter": { "tag": "vip" } });
    assert_eq!(lines(&api.post("/exports", vip).await)[0]["overrides"], own);
    let csv = json!({ "of": "licenses", "filter": { "tag": "vip" }, "format": "csv" });
    let csv = api.post("/exports", csv).await;
    assert!(csv.text().contains(r#"""signIn"":""not-asked"""#), "{}", csv.text());
});

contract!(an_export_needs_its_scope_and_has_only_what_the_token_reaches, async |db| {
    let server = Server::on(db).await;
    let all = Api::of(&server).await;
    let (_, _, foreign, code) = all.license("theirs").await;
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "a" })).await.token();
    let (own_product, _, own, code) = all.license("ours").await;
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "b" })).await.token();
    let (third, ..) = all.license("third").await;
    let products = || vec![own_product.parse().unwrap(), third.parse().unwrap()];
    let runs = Api::with(&server, vec![Act::ExportsRun.into()], products()).await;
    for of in ["licenses", "activations", "decisions", "events"] {
        let exported = runs.post("/exports", json!({ "of": of })).await;
        assert!(exported.text().contains(&own), "{of}: {}", exported.text());
        assert!(!exported.text().contains(&foreign), "{of}: {}", exported.text());
    }
    let with_codes = runs.post("/exports", json!({ "of": "licenses", "codes": true })).await;
    assert_eq!(with_codes.problem(), (403, "not_permitted".to_owned()));
    assert!(with_codes.text().contains("exports.codes"));
    let hidden = runs.post("/exports", json!({ "of": "events", "filter": { "license": foreign } })).await;
    assert_eq!(hidden.problem(), (404, "not_found".to_owned()));
    let sees = Api::with(&server, vec![Act::LicensesSee.into()], vec![]).await;
    assert_eq!(sees.post("/exports", json!({ "of": "licenses" })).await.problem().0, 403);
});

contract!(an_export_is_recorded_without_the_codes_in_its_filter, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, _, code) = api.license("drift-pro").await;
    let imported = json!({ "policy": policy, "code": "SPRING-SALE-2026" });
    assert_eq!(api.post("/licenses", imported).await.status, 201);
    let tail = &code[code.len() - 4..];
    for (pasted, stored) in [
        (code.clone(), format!("•••{tail}")),
        (format!("Key: \"{}\".", code.to_lowercase()), format!("•••{tail}")),
        ("spring sale 2026".to_owned(), "•••2026".to_owned()),
        ("Ingrid".to_owned(), "Ingrid".to_owned()),
    ] {
        for of in ["licenses", "events", "decisions"] {
            let exported = api.post("/exports", json!({ "of": of, "filter": { "q": pasted } })).await;
            assert_eq!(exported.status, 200, "{}", exported.text());
            let event = api.events(Some(if of == "licenses" { "licenses.exported" } else { "records.exported" })).await;
            assert_eq!(event[0].after.as_ref().unwrap()["filter"]["q"], stored, "{of}: {pasted}");
        }
    }
});

contract!(calls_that_only_read_have_no_idempotency_key, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    api.license("drift-pro").await;
    let document = server.get("/api/openapi.json").await.json();
    for path in ["/exports", "/licenses/lookup", "/licenses/{id}/try", "/licenses"] {
        let call = &document["paths"][format!("/api/v1/admin{path}")]["post"];
        let has_key = call["parameters"].to_string().contains("IdempotencyKey");
        assert_eq!(
            (has_key, call["responses"]["422"].is_object()),
            (path == "/licenses", path == "/licenses"),
            "{path}"
        );
    }
    for body in [json!({ "of": "licenses" }), json!({ "of": "events" })] {
        // Neither a second request under the key nor a key that is too long is refused.
        for key in ["k", "k", &"k".repeat(5_000)] {
            let exported = api.send("POST", "/exports", Some(body.clone()), &[("idempotency-key", key)]).await;
            assert_eq!(exported.status, 200, "{}", exported.text());
        }
    }
});
