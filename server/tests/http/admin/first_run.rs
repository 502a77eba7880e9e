//! The first run: from an empty server to the first token, on Home.

use axum::http::StatusCode;
use licensing::Role;
use serde_json::{Value, json};
use testing::contract;

use super::person::{accounts, signed_in};
use crate::fixture::{Html, JWT, Server};

contract!(home_leads_from_an_empty_server_to_the_first_token, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let admin = signed_in(&server, Role::Admin).await;
    let home = admin.open("/").await;
    assert!(home.text().contains("Create a product") && !home.text().contains("Waiting for the first activation"));
    let policy = {
        // Creates a product and a policy; its license is not the one of this test.
        let product = service::ProductForm {
            code: "drift-pro".to_owned(),
            name: "Drift Pro".to_owned(),
            ..service::ProductForm::default()
        };
        let actor = service::Actor::command();
        let product = server.service.licenses().create_product(product, &actor).await.unwrap();
        let policy = service::PolicyForm { name: "Standard".to_owned(), terms: licensing::Terms::default() };
        server.service.licenses().create_policy(product.id, policy, &actor).await.unwrap()
    };
    let page = format!("/licenses/new?policy={}", policy.id);
    let form = Html::read(admin.open(&page).await.text()).form("licenses/create").fill("customer", "Aurora");
    let created = admin.submit(&page, &form.encoded()).await;
    assert_eq!(created.status, StatusCode::SEE_OTHER);
    admin.open(created.header("location")).await;

    let home = admin.open("/").await;
    assert!(home.text().contains("Waiting for the first activation"), "{}", home.text());
    let command = Html::read(home.text()).blocks.into_iter().find(|block| block.starts_with("curl ")).unwrap();
    let viewer = signed_in(&server, Role::Viewer).await;
    let seen = viewer.open("/").await;
    assert!(!seen.text().contains("curl ") && seen.text().contains("Reveal the activation code"));

    let body = command.split("-d '").nth(1).unwrap().trim_end_matches('\'').replace("&quot;", "\"");
    let body: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
    let token = server.post(JWT, &body).await.token();
    let home = admin.open("/").await;
    assert!(!home.text().contains("Waiting for the first activation"));
    assert!(home.text().contains("#integrate"));
    let shown = Html::read(home.text()).blocks.into_iter().find(|block| block.contains("\"iss\"")).unwrap();
    let shown: Value = serde_json::from_str(&shown.replace("&quot;", "\"")).unwrap();
    let mut claims = token.claims.clone();
    claims.as_object_mut().unwrap().remove("jti");
    assert_eq!(shown, claims, "the page shows exactly what the token says");

    server.post(JWT, &json!({ "activationCode": body["activationCode"], "fingerprint": "device-2" })).await;
    server.advance_days(2);
    let later = signed_in(&server, Role::Admin).await;
    assert!(!later.open("/").await.text().contains("First steps"), "a day later it is over");
});
