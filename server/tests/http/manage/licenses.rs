//! Licenses: creating, reading, listing, and changes of their state.

use licensing::Act;
use serde_json::{Value, json};
use testing::contract;

use super::api::{Api, pointers};
use crate::fixture::{JWT, Server};

contract!(a_program_creates_a_license_and_reads_it_back, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, ..) = api.license("drift-pro").await;
    let made = api
        .post(
            "/licenses",
            json!({
                "policy": policy, "customer": "Ada Lovelace", "email": "ada@example.com", "reference": "order-7",
                "metadata": { "shop": 3 }, "overrides": { "seats": 5, "lease": { "default": "P14D", "minimum": "PT1H", "maximum": "P30D" } },
            }),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!((made.header("etag"), made.header("cache-control")), ("\"r1\"", "no-store"));
    let license = made.json();
    assert_eq!(made.header("location"), format!("/api/v1/admin/licenses/{}", license["id"].as_str().unwrap()));
    assert_eq!(license["terms"]["seats"], json!({ "value": 5, "from": "license" }));
    assert_eq!(license["terms"]["grace"], json!({ "value": "P7D", "from": "policy" }));
    assert_eq!(license["seats"], json!({ "used": 0, "allowed": 5, "over": 0 }));
    assert_eq!((&license["standing"], &license["metadata"]), (&json!("not-started"), &json!({ "shop": 3 })));
    let body = json!({ "activationCode": license["code"], "fingerprint": "a" });
    server.post(JWT, &body).await.token();
    let read = api.get(made.header("location")).await;
    assert_eq!(read.status, 200);
    assert_eq!(read.json()["code"], Value::Null, "only the creating call returns the code");
    assert_eq!((&read.json()["seats"]["used"], &read.json()["standing"]), (&json!(1), &json!("active")));
    let event = api.events(Some("license.created")).await.remove(0);
    assert_eq!(
        (event.actor_kind.as_str(), event.actor_name.as_str(), event.actor_id),
        ("api_token", "Webshop", Some(api.id))
    );
});

contract!(licenses_of_one_policy_are_listed_with_their_own_terms, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (product, policy, ..) = api.license("drift-pro").await;
    let other =
        api.post("/policies", json!({ "product": product, "name": "Team", "terms": { "seats": 9 } })).await.json();
    for body in [
        json!({ "policy": policy, "overrides": { "seats": 5 } }),
        json!({ "policy": policy }),
        json!({ "policy": other["id"] }),
    ] {
        assert_eq!(api.post("/licenses", body).await.status, 201);
    }
    let listed = api.get("/licenses").await.json();
    let seats = listed["items"].as_array().unwrap().iter().map(|license| license["terms"]["seats"].clone());
    let of = |value: u32, from: &str| json!({ "value": value, "from": from });
    let usual = of(1, "policy");
    assert_eq!(seats.collect::<Vec<_>>(), [of(9, "policy"), usual.clone(), of(5, "license"), usual]);
});

contract!(every_error_in_a_request_is_reported_at_once, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, policy, ..) = api.license("drift-pro").await;
    let refused = api
        .post(
            "/licenses",
            json!({
                "policy": policy, "costumer": "Ada", "email": 7, "notes": ["x"],
                "overrides": { "seats": 0.5, "lease": { "default": "soon" }, "graze": "P7D" }, "features": { "voices": {} },
            }),
        )
        .await;
    let expected = [
        "/costumer",
        "/email",
        "/features/voices",
        "/notes",
        "/overrides/graze",
        "/overrides/lease/default",
        "/overrides/lease/maximum",
        "/overrides/lease/minimum",
        "/overrides/seats",
    ];
    assert_eq!(pointers(&refused), expected);
    let broken =
        json!({ "policy": policy, "email": "nobody", "overrides": { "seats": 0 }, "features": { "voices": 1 } });
    assert_eq!(pointers(&api.post("/licenses", broken).await), ["/email", "/features", "/overrides/seats"]);
    assert_eq!(pointers(&api.post("/licenses", json!({})).await), ["/policy"]);
    assert_eq!(pointers(&api.post("/licenses", json!([])).await), ["body"]);
    let unknown = json!({ "policy": "019ab2c4-0000-7000-8000-000000000000" });
    assert_eq!(pointers(&api.post("/licenses", unknown).await), ["/policy"]);
    assert_eq!(api.events(Some("license.created")).await.len(), 1, "nothing but the first was created");
});

contract!(a_list_is_read_page_by_page_in_both_orders, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (product, policy, first, _) = api.license("drift-pro").await;
    let mut ids = vec![first];
    for n in 0..4 {
        server.clock.advance(1);
        let made = api.post("/licenses", json!({ "policy": policy, "reference": format!("order-{n}") })).await;
        ids.push(made.json()["id"].as_str().unwrap().to_owned());
    }
    let read = async |first: &str| {
        let (mut found, mut path) = (vec![], first.to_owned());
        loop {
            let page = api.get(&path).await;
            assert_eq!(page.status, 200, "{}", page.text());
            let json = page.json();
            found.extend(json["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
            let link = page.header("link").split(", ").find(|link| link.ends_with("rel=\"next\""));
            assert_eq!(link.is_some(), json["next"].is_string());
            match link {
                Some(link) => path = link[1..link.find('>').unwrap()].to_owned(),
                None => return found,
            }
        }
    };
    assert_eq!(read("/licenses?limit=2&order=oldest").await, ids);
    ids.reverse();
    assert_eq!(read("/licenses?limit=2").await, ids);
    assert_eq!(read(&format!("/licenses?product={product}&policy={policy}&state=active")).await, ids);
    assert_eq!(read("/licenses?q=order-2").await, ids[1..2]);
    assert_eq!(read("/licenses?state=revoked").await, Vec::<String>::new());
    let second = api.get("/licenses?limit=2").await.json();
    let next = api.get(&format!("/licenses?limit=2&cursor={}", second["next"].as_str().unwrap())).await.json();
    let back = api.get(&format!("/licenses?limit=2&cursor={}", next["previous"].as_str().unwrap())).await.json();
    assert_eq!(back["items"], second["items"], "and back again");
    for bad in
        ["limit=0", "limit=201", "limit=x", "cursor=x", "order=up", "state=new", "colour=red", "q=a&q=b", "policy=x"]
    {
        let refused = api.get(&format!("/licenses?{bad}")).await;
        assert_eq!(refused.bad_fields(), [bad.split('=').next().unwrap()], "{bad}");
    }
});

contract!(a_license_is_suspended_reinstated_and_revoked_with_reasons, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, id, code) = api.license("drift-pro").await;
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "a" })).await.token();
    let reason = || json!({ "reason": "Chargeback." });
    assert_eq!(pointers(&api.post(&format!("/licenses/{id}/suspend"), json!({})).await), ["/reason"]);
    let suspended = api.post(&format!("/licenses/{id}/suspend"), reason()).await;
    assert_eq!(
        (suspended.status.as_u16(), &suspended.json()["state"], suspended.header("etag")),
        (200, &json!("suspended"), "\"r2\"")
    );
    assert_eq!(suspended.json()["stateReason"], "Chargeback.");
    let again = api.post(&format!("/licenses/{id}/suspend"), reason()).await;
    assert_eq!(again.problem(), (409, "conflict".to_owned()));
    assert_eq!(api.post(&format!("/licenses/{id}/reinstate"), reason()).await.json()["state"], "active");
    let revoked = api.post(&format!("/licenses/{id}/revoke"), reason()).await.json();
    assert_eq!(
        (&revoked["state"], &revoked["seatsTaken"], &revoked["seats"]["used"]),
        (&json!("revoked"), &json!(1), &json!(0))
    );
    let change = api.patch(&format!("/licenses/{id}"), json!({ "customer": "Ada" })).await;
    assert_eq!(change.problem(), (409, "conflict".to_owned()));
    let unknown = api.post("/licenses/019ab2c4-0000-7000-8000-000000000000/suspend", reason()).await;
    assert_eq!(unknown.problem(), (404, "not_found".to_owned()));
    assert_eq!(api.post("/licenses/x/suspend", reason()).await.problem().0, 404);
});

contract!(codes_are_revealed_reissued_and_looked_up, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, id, code) = api.license("drift-pro").await;
    let revealed = api.send("POST", &format!("/licenses/{id}/reveal"), None, &[]).await;
    assert_eq!((revealed.status.as_u16(), &revealed.json()["code"]), (200, &json!(code)));
    assert_eq!(api.events(Some("license.code_revealed")).await.len(), 1);
    let found = |answer: crate::fixture::Answer| answer.json()["items"].as_array().unwrap().len();
    assert_eq!(found(api.post("/licenses/lookup", json!({ "code": code })).await), 1);
    let new = api.post(&format!("/licenses/{id}/reissue"), json!({ "reason": "Leaked." })).await.json();
    assert_ne!(new["code"], json!(code));
    assert_eq!(found(api.post("/licenses/lookup", json!({ "code": code })).await), 0, "the old code is gone");
    assert_eq!(found(api.post("/licenses/lookup", json!({ "code": "Ingrid" })).await), 0, "only whole codes count");
    let token = server.post(JWT, &json!({ "activationCode": new["code"], "fingerprint": "a" })).await;
    assert_eq!(token.status, 200);
    let token = token.json().as_str().unwrap().to_owned();
    assert_eq!(found(api.post("/licenses/lookup", json!({ "fingerprint": "a" })).await), 1);
    assert_eq!(found(api.post("/licenses/lookup", json!({ "token": token })).await), 1);
    assert_eq!(found(api.post("/licenses/lookup", json!({ "token": format!("{token}x") })).await), 0);
    assert_eq!(pointers(&api.post("/licenses/lookup", json!({})).await), ["body"]);
    let reset = api.post(&format!("/licenses/{id}/reset-transfers"), json!({ "reason": "Sorry." })).await;
    assert_eq!(reset.problem(), (409, "conflict".to_owned()), "no transfer counts");
});

contract!(a_device_is_tried_without_any_effect, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (_, _, id, code) = api.license("drift-pro").await;
    let tried = api.post(&format!("/licenses/{id}/try"), json!({ "fingerprint": "a" })).await;
    assert_eq!(tried.status, 200, "{}", tried.text());
    assert_eq!((&tried.json()["outcome"], &tried.json()["takesSeat"]), (&json!("granted"), &json!(true)));
    assert!(tried.json()["steps"].as_array().unwrap().len() > 10);
    server.post(JWT, &json!({ "activationCode": code, "fingerprint": "a" })).await.token();
    let full = api.post(&format!("/licenses/{id}/try"), json!({ "fingerprint": "b" })).await.json();
    assert_eq!((&full["outcome"], &full["code"]), (&json!("refused"), &json!("seat_limit")));
    let later = json!({ "fingerprint": "b", "at": "2027-03-01T12:00:00Z" });
    assert_eq!(api.post(&format!("/licenses/{id}/try"), later).await.json()["outcome"], "granted");
    let bad = json!({ "at": "noon", "requestedLeaseDuration": "long", "device": "a" });
    let refused = api.post(&format!("/licenses/{id}/try"), bad).await;
    assert_eq!(pointers(&refused), ["/at", "/device", "/fingerprint", "/requestedLeaseDuration"]);
});

contract!(a_token_that_may_only_look_sees_no_addresses_if_the_server_hides_them, async |db| {
    let server =
        Server::with(db, &[("LATCHKEY_HIDE_EMAILS_FROM_VIEWERS", "on"), ("LATCHKEY_RATE_LIMITS", "off")]).await;
    let api = Api::of(&server).await;
    let (_, policy, ..) = api.license("drift-pro").await;
    api.post("/licenses", json!({ "policy": policy, "email": "ada@example.com" })).await;
    let looks = Api::with(&server, vec![Act::LicensesSee.into()], vec![]).await;
    assert!(api.get("/licenses").await.text().contains("ada@example.com"));
    assert!(!looks.get("/licenses").await.text().contains("ada@"));
    assert_eq!(looks.get("/licenses?q=ada@example").await.json()["items"], json!([]), "nor can they be guessed");
});
