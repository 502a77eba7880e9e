//! Patches of licenses.

use serde_json::{Value, json};
use testing::contract;

use super::api::{Api, pointers};
use crate::fixture::{Answer, Server};

const MERGE: &str = "application/merge-patch+json";
const JSON_PATCH: &str = "application/json-patch+json";

async fn patch(api: &Api<'_>, id: &str, kind: &str, body: Value, seen: &str) -> Answer {
    let mut headers = vec![("content-type", kind)];
    if !seen.is_empty() {
        headers.push(("if-match", seen));
    }
    api.send("PATCH", &format!("/licenses/{id}"), Some(body), &headers).await
}

contract!(a_merge_patch_changes_what_it_names_and_removes_what_is_null, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, id, _) = api.license("drift-pro").await;
    let body = json!({ "notes": "VIP", "metadata": { "a": 1, "b": 2 }, "overrides": { "seats": 3 } });
    let changed = patch(&api, &id, MERGE, body, "").await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!((changed.header("etag"), &changed.json()["customer"]), ("\"r2\"", &json!("Ingrid Solberg")));
    let body = json!({ "customer": null, "metadata": { "a": null, "c": 3 }, "overrides": { "seats": null } });
    let changed = patch(&api, &id, "application/json", body, "").await.json();
    assert_eq!((&changed["customer"], &changed["metadata"]), (&json!(null), &json!({ "b": 2, "c": 3 })));
    assert_eq!((&changed["overrides"], &changed["notes"]), (&json!({}), &json!("VIP")));
});

contract!(a_json_patch_is_applied_as_a_whole_or_not_at_all, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, id, _) = api.license("drift-pro").await;
    let body = json!([
        { "op": "test", "path": "/customer", "value": "Ingrid Solberg" },
        { "op": "add", "path": "/metadata/shop", "value": 3 },
        { "op": "replace", "path": "/reference", "value": "order-7" },
    ]);
    let changed = patch(&api, &id, JSON_PATCH, body, "").await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!((&changed.json()["reference"], &changed.json()["metadata"]), (&json!("order-7"), &json!({ "shop": 3 })));
    let failing = json!([
        { "op": "replace", "path": "/notes", "value": "x" },
        { "op": "test", "path": "/customer", "value": "Ada" },
    ]);
    assert_eq!(patch(&api, &id, JSON_PATCH, failing, "").await.problem(), (409, "patch_conflict".to_owned()));
    let nowhere = json!([{ "op": "remove", "path": "/metadata/absent" }]);
    assert_eq!(patch(&api, &id, JSON_PATCH, nowhere, "").await.problem(), (409, "patch_conflict".to_owned()));
    assert_eq!(api.get(&format!("/licenses/{id}")).await.json()["notes"], json!(null), "nothing was changed");
    assert_eq!(api.events(Some("license.changed")).await.len(), 1);
});

contract!(a_patch_based_on_an_old_revision_is_refused, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, id, _) = api.license("drift-pro").await;
    assert_eq!(patch(&api, &id, MERGE, json!({ "notes": "a" }), "\"r1\"").await.header("etag"), "\"r2\"");
    let stale = patch(&api, &id, MERGE, json!({ "notes": "b" }), "\"r1\"").await;
    assert_eq!(stale.problem(), (412, "precondition_failed".to_owned()));
    // The revision counts before the patch: this one would fail in itself.
    let both = patch(&api, &id, JSON_PATCH, json!([{ "op": "remove", "path": "/x" }]), "\"r1\"").await;
    assert_eq!(both.problem().0, 412);
    assert_eq!(patch(&api, &id, MERGE, json!({ "notes": "c" }), "*").await.status, 200);
    assert_eq!(patch(&api, &id, MERGE, json!({ "notes": "d" }), "W/\"r3\"").await.problem().0, 412);
    assert_eq!(patch(&api, &id, MERGE, json!({ "notes": "d" }), "r3").await.bad_fields(), ["If-Match"]);
});

contract!(what_cannot_be_patched_is_refused_with_its_pointer, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, id, _) = api.license("drift-pro").await;
    for list in [json!([]), json!([{ "op": "remove", "path": "/notes" }])] {
        let refused = patch(&api, &id, MERGE, list, "").await;
        assert!(refused.problem().0 == 400 && refused.text().contains(JSON_PATCH), "{}", refused.text());
    }
    let body = json!({ "state": "revoked", "product": { "code": "x" }, "colour": "red", "email": "nobody" });
    assert_eq!(pointers(&patch(&api, &id, MERGE, body, "").await), ["/product", "/state"]);
    let body = json!({ "colour": "red", "overrides": { "seats": -1 } });
    assert_eq!(pointers(&patch(&api, &id, MERGE, body, "").await), ["/colour", "/overrides/seats"]);
    let body = json!([{ "op": "rename", "path": "/notes" }, { "op": "add", "path": "/notes", "value": "x" }, 7]);
    assert_eq!(pointers(&patch(&api, &id, JSON_PATCH, body, "").await), ["/0", "/2"]);
    let wrong = patch(&api, &id, "text/json", json!({}), "").await;
    assert_eq!(wrong.problem(), (415, "unsupported_media_type".to_owned()));
    assert!(wrong.header("accept-patch").contains(JSON_PATCH));
    assert_eq!(pointers(&patch(&api, &id, MERGE, json!(7), "").await), ["body"]);
});

contract!(sixty_four_patches_at_once_are_all_in_the_end_state_or_were_refused, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, id, _) = api.license("drift-pro").await;
    let patches = (0..64).map(|n| {
        let (api, id) = (&api, &id);
        async move {
            // A third of them are based on a revision that only one can have seen.
            let seen = if n % 3 == 0 { "\"r1\"" } else { "" };
            let body = json!([{ "op": "add", "path": format!("/metadata/n{n}"), "value": n }]);
            (n, patch(api, id, JSON_PATCH, body, seen).await)
        }
    });
    let answers = futures_util::future::join_all(patches).await;
    let end = api.get(&format!("/licenses/{id}")).await.json();
    let mut done = 0;
    for (n, answer) in &answers {
        let is_there = end["metadata"].get(format!("n{n}")).is_some();
        match answer.status.as_u16() {
            200 => assert!(is_there, "patch {n} was confirmed and is lost"),
            409 | 412 => assert!(!is_there, "patch {n} was refused and is there"),
            other => panic!("{other}: {}", answer.text()),
        }
        done += usize::from(answer.status == 200);
    }
    assert!(done >= 42, "only {done} of those without a revision were done");
    assert_eq!(end["revision"], json!(done + 1));
    assert_eq!(api.events(Some("license.changed")).await.len(), done, "each with its event");
});
