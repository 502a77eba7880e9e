//! Jobs: batches, acts on many licenses, and their results.

use std::collections::HashSet;

use licensing::Act;
use serde_json::{Value, json};
use testing::contract;

use super::api::{Api, pointers};
use crate::fixture::{Answer, JWT, Server};

/// Runs the server's jobs to their end.
async fn work(server: &Server) {
    while server.service.jobs().run_some().await.unwrap() {}
}

/// Returns the id of a job that was started.
fn job(answer: &Answer) -> String {
    assert_eq!(answer.status, 202, "{}", answer.text());
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("location"), format!("/api/v1/admin/jobs/{id}"));
    id
}

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/jsonl; charset=utf-8");
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

contract!(a_batch_of_ten_thousand_licenses_is_created_and_their_codes_are_read, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, ..) = api.license("drift-pro").await;
    let body = json!({ "policy": policy, "count": 10_000, "reference": "reseller 7", "tags": ["reseller"] });
    let keyed = [("idempotency-key", "batch-7")];
    let started = api.send("POST", "/licenses/batch", Some(body.clone()), &keyed).await;
    let id = job(&started);
    assert_eq!((&started.json()["state"], &started.json()["total"]), (&json!("running"), &json!(10_000)));
    let early = api.get(&format!("/jobs/{id}/result")).await;
    assert_eq!(early.problem(), (409, "conflict".to_owned()));
    work(&server).await;
    let again = api.send("POST", "/licenses/batch", Some(body), &keyed).await;
    assert_eq!((job(&again), again.header("idempotent-replayed")), (id.clone(), "true"));
    let done = api.get(&format!("/jobs/{id}")).await.json();
    assert_eq!((&done["state"], &done["done"], &done["failed"]), (&json!("finished"), &json!(10_000), &json!(0)));
    assert_eq!((&done["by"]["kind"], &done["by"]["name"]), (&json!("api_token"), &json!("Webshop")));

    let result = lines(&api.get(&format!("/jobs/{id}/result?codes=true")).await);
    let of = |name: &str| result.iter().map(|line| line[name].as_str().unwrap()).collect::<HashSet<_>>().len();
    assert_eq!((result.len(), of("license"), of("code")), (10_000, 10_000, 10_000));
    let exported = api.events(Some("licenses.exported")).await;
    assert_eq!(exported[0].after, Some(json!({ "format": "jsonl", "codes": true, "job": id })));
    server.post(JWT, &json!({ "activationCode": result[9_999]["code"], "fingerprint": "a" })).await.token();
    let page = api.get(&format!("/licenses?batch={id}&tag=reseller&limit=200")).await.json();
    assert_eq!(page["items"].as_array().unwrap().len(), 200);
    assert_eq!((&page["items"][0]["batch"], &page["items"][0]["reference"]), (&json!(id), &json!("reseller 7")));
});

contract!(a_batch_of_different_licenses_reports_every_error_and_creates_each, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, ..) = api.license("drift-pro").await;
    let items = json!([
        { "customer": "Ada", "email": "nobody" },
        { "customer": 7 },
        { "costumer": "Ada", "overrides": { "seats": 0.5 } },
        "Ada",
    ]);
    let refused = api.post("/licenses/batch", json!({ "policy": policy, "items": items })).await;
    assert_eq!(pointers(&refused), ["/items/1/customer", "/items/2/costumer", "/items/2/overrides/seats", "/items/3"]);
    let items = json!([{ "email": "nobody" }, {}, { "overrides": { "seats": 0 }, "tags": ["a,b"] }]);
    let refused = api.post("/licenses/batch", json!({ "policy": policy, "items": items })).await;
    assert_eq!(pointers(&refused), ["/items/0/email", "/items/2/overrides/seats", "/items/2/tags"]);
    for (body, wrong) in [
        (json!({ "policy": policy }), "/count"),
        (json!({ "policy": policy, "count": 0 }), "/count"),
        (json!({ "policy": policy, "count": 10_001 }), "/count"),
        (json!({ "policy": policy, "items": [] }), "/items"),
        (json!({ "policy": policy, "items": [{ "code": "MINE-1234" }] }), "/items/0/code"),
        (json!({ "count": 3 }), "/policy"),
        (json!({ "policy": policy, "count": 3, "email": "nobody" }), "/email"),
    ] {
        assert_eq!(pointers(&api.post("/licenses/batch", body.clone()).await), [wrong], "{body}");
    }
    assert_eq!(api.get("/jobs").await.json()["items"], json!([]));

    let items: Vec<_> =
        (0..130).map(|n| json!({ "reference": format!("order {n}"), "metadata": { "n": n } })).collect();
    let id = job(&api.post("/licenses/batch", json!({ "policy": policy, "items": items })).await);
    work(&server).await;
    let first = api.get(&format!("/jobs/{id}/items?limit=100")).await.json();
    let next = api.get(&format!("/jobs/{id}/items?limit=100&cursor={}", first["next"].as_str().unwrap())).await.json();
    assert_eq!((first["items"].as_array().unwrap().len(), next["items"].as_array().unwrap().len()), (100, 30));
    assert_eq!(next["next"], Value::Null);
    let last = &next["items"][29];
    assert_eq!((&last["n"], &last["state"], &last["error"]), (&json!(130), &json!("done"), &Value::Null));
    let license = api.get(&format!("/licenses/{}", last["license"].as_str().unwrap())).await.json();
    assert_eq!((&license["reference"], &license["metadata"]), (&json!("order 129"), &json!({ "n": 129 })));
    let csv = api.get(&format!("/jobs/{id}/result?format=csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!((csv.text().lines().count(), csv.text().lines().next()), (131, Some("n,state,license,error")));
});

contract!(an_act_runs_on_many_licenses_and_says_why_it_skipped_some, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, first, _) = api.license("drift-pro").await;
    let mut ids = vec![first];
    for n in 0..4 {
        let made = api.post("/licenses", json!({ "policy": policy, "customer": format!("Customer {n}") })).await;
        ids.push(made.json()["id"].as_str().unwrap().to_owned());
    }
    api.post(&format!("/licenses/{}/suspend", ids[1]), json!({ "reason": "x" })).await;
    let body = json!({ "act": "suspend", "ids": ids, "reason": "Chargebacks." });
    let id = job(&api.post("/licenses/bulk", body).await);
    work(&server).await;
    let done = api.get(&format!("/jobs/{id}")).await.json();
    assert_eq!((&done["kind"], &done["done"], &done["skipped"]), (&json!("suspend"), &json!(4), &json!(1)));
    let skipped = api.get(&format!("/jobs/{id}/items?state=skipped")).await.json();
    assert_eq!((skipped["items"].as_array().unwrap().len(), &skipped["items"][0]["license"]), (1, &json!(ids[1])));
    assert!(skipped["items"][0]["error"].as_str().unwrap().len() > 10);

    // By a filter, if as many match as the caller expects.
    let by_filter = |act: &str, expect: u64, more: Value| {
        let mut body = json!({ "act": act, "filter": { "state": "suspended" }, "expect": expect });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let stale = api.post("/licenses/bulk", by_filter("reinstate", 4, json!({ "reason": "Paid." }))).await;
    assert_eq!(stale.problem(), (409, "conflict".to_owned()));
    assert!(stale.json()["detail"].as_str().unwrap().starts_with("5 licenses match"), "{}", stale.text());
    let keyed = [("idempotency-key", "k")];
    let body = by_filter("reinstate", 5, json!({ "reason": "Paid." }));
    let id = job(&api.send("POST", "/licenses/bulk", Some(body.clone()), &keyed).await);
    work(&server).await;
    let again = api.send("POST", "/licenses/bulk", Some(body), &keyed).await;
    assert_eq!((job(&again), again.header("idempotent-replayed")), (id, "true"), "although none match now");

    for act in [
        json!({ "act": "tag", "tag": "VIP" }),
        json!({ "act": "untag", "tag": "vip" }),
        json!({ "act": "revoke", "reason": "End of contract." }),
    ] {
        let mut body = act.clone();
        body["ids"] = json!(ids[2..]);
        let id = job(&api.post("/licenses/bulk", body).await);
        work(&server).await;
        assert_eq!(api.get(&format!("/jobs/{id}")).await.json()["done"], 3, "{act}");
    }
    let extend = json!({ "act": "extend", "by": "P1Y", "reason": "Renewed.", "ids": ids[..1] });
    let id = job(&api.post("/licenses/bulk", extend).await);
    work(&server).await;
    let item = api.get(&format!("/jobs/{id}/items")).await.json()["items"][0].clone();
    assert_eq!((&item["state"], item["error"].as_str().unwrap().contains("no end")), (&json!("skipped"), true));

    let nobody = "019ab2c4-0000-7000-8000-000000000000";
    for (body, wrong) in [
        (json!({}), &["/act", "/filter"][..]),
        (json!({ "act": "delete", "ids": ids }), &["/act"]),
        (json!({ "act": "suspend", "ids": ids }), &["/reason"]),
        (json!({ "act": "tag", "ids": ids }), &["/tag"]),
        (json!({ "act": "extend", "ids": ids, "reason": "x" }), &["/until"]),
        (json!({ "act": "tag", "tag": "a", "ids": [] }), &["/ids"]),
        (json!({ "act": "tag", "tag": "a", "ids": ["x"] }), &["/ids/0"]),
        (json!({ "act": "tag", "tag": "a", "ids": [ids[0], nobody] }), &["/ids/1"]),
        (json!({ "act": "tag", "tag": "a", "filter": {} }), &["/expect"]),
        (json!({ "act": "tag", "tag": "a", "filter": {}, "expect": "all" }), &["/expect"]),
        (json!({ "act": "tag", "tag": "a", "filter": { "customer": "" }, "expect": 1 }), &["/filter/customer"]),
        (
            json!({ "act": "tag", "tag": "a", "filter": { "endsBefore": "soon", "x": "y" }, "expect": 1 }),
            &["/filter/endsBefore", "/filter/x"],
        ),
        (
            json!({ "act": "tag", "tag": "a", "ids": ids, "filter": {}, "expect": 1 }),
            &["/expect", "/filter", "/filter"],
        ),
    ] {
        assert_eq!(pointers(&api.post("/licenses/bulk", body.clone()).await), wrong, "{body}");
    }
});

contract!(a_job_is_cancelled_and_resumed, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, ..) = api.license("drift-pro").await;
    let id = job(&api.post("/licenses/batch", json!({ "policy": policy, "count": 150 })).await);
    assert!(server.service.jobs().run_some().await.unwrap());
    let cancelled = api.send("POST", &format!("/jobs/{id}/cancel"), None, &[]).await;
    assert_eq!((job(&cancelled), &cancelled.json()["state"]), (id.clone(), &json!("cancelled")));
    let again = api.send("POST", &format!("/jobs/{id}/cancel"), None, &[]).await;
    assert_eq!(again.problem(), (409, "conflict".to_owned()));
    work(&server).await;
    assert_eq!(api.get(&format!("/jobs/{id}")).await.json()["done"], 100);
    assert_eq!(job(&api.send("POST", &format!("/jobs/{id}/resume"), None, &[]).await), id);
    work(&server).await;
    assert_eq!(api.get("/jobs?state=finished&kind=create").await.json()["items"][0]["done"], 150);
    assert_eq!(api.get("/jobs?kind=tag").await.json()["items"], json!([]));
    assert_eq!(api.get("/jobs?kind=x").await.bad_fields(), ["kind"]);
});

contract!(a_job_stops_when_the_token_that_started_it_is_revoked, async |db| {
    let server = Server::on(db).await;
    let (api, other) = (Api::of(&server).await, Api::of(&server).await);
    let (_, policy, ..) = other.license("drift-pro").await;
    let id = job(&api.post("/licenses/batch", json!({ "policy": policy, "count": 150 })).await);
    assert!(server.service.jobs().run_some().await.unwrap());
    server.service.identity().revoke_api_token(api.id, "Leaked.", &service::Actor::command()).await.unwrap();
    work(&server).await;
    let stopped = other.get(&format!("/jobs/{id}")).await.json();
    assert_eq!((&stopped["state"], &stopped["done"]), (&json!("cancelled"), &json!(100)));
    assert!(stopped["error"].as_str().unwrap().contains("revoked"), "{stopped}");
});

contract!(jobs_need_the_scope_of_their_act_and_the_products_of_their_licenses, async |db| {
    let server = Server::on(db).await;
    let all = Api::of(&server).await;
    let (theirs, policy, foreign, _) = all.license("theirs").await;
    let (ours, own_policy, own, _) = all.license("ours").await;
    let job_of_all = job(&all.post("/licenses/bulk", json!({ "act": "tag", "tag": "a", "ids": [foreign, own] })).await);
    let job_of_theirs = job(&all.post("/licenses/batch", json!({ "policy": policy, "count": 1 })).await);
    let scopes = [Act::LicensesBulk, Act::LicensesTag, Act::JobsSee, Act::JobsRun, Act::LicensesCreate];
    let limited = Api::with(&server, scopes.map(Into::into).to_vec(), vec![ours.parse().unwrap()]).await;
    let revoke = limited.post("/licenses/bulk", json!({ "act": "revoke", "ids": [own], "reason": "x" })).await;
    assert_eq!(revoke.problem(), (403, "not_permitted".to_owned()));
    let beyond = limited.post("/licenses/bulk", json!({ "act": "tag", "tag": "b", "ids": [own, foreign] })).await;
    assert_eq!(pointers(&beyond), ["/ids/1"]);
    let filter = limited.post("/licenses/bulk", json!({ "act": "tag", "tag": "b", "filter": {}, "expect": 2 })).await;
    assert!(filter.json()["detail"].as_str().unwrap().starts_with("1 license matches"), "{}", filter.text());
    let batch = limited.post("/licenses/batch", json!({ "policy": policy, "count": 1 })).await;
    assert_eq!(pointers(&batch), ["/policy"]);
    let own_job = job(&limited.post("/licenses/bulk", json!({ "act": "tag", "tag": "b", "ids": [own] })).await);
    let batch_job = job(&limited.post("/licenses/batch", json!({ "policy": own_policy, "count": 2 })).await);
    work(&server).await;
    for id in [&job_of_all, &job_of_theirs] {
        for path in ["", "/items", "/result"] {
            let hidden = limited.get(&format!("/jobs/{id}{path}")).await;
            assert_eq!(hidden.problem(), (404, "not_found".to_owned()), "{path}");
        }
        let resumed = limited.send("POST", &format!("/jobs/{id}/resume"), None, &[]).await;
        assert_eq!(resumed.problem().0, 404);
    }
    let listed = limited.get("/jobs").await.json();
    let listed: Vec<_> = listed["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(listed, [&batch_job, &own_job]);
    let codes = limited.get(&format!("/jobs/{batch_job}/result?codes=true")).await;
    assert_eq!(codes.problem(), (403, "not_permitted".to_owned()));
    assert_eq!(lines(&limited.get(&format!("/jobs/{batch_job}/result")).await)[0]["code"], Value::Null);
    assert!(theirs != ours);
});
