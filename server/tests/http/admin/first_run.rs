//! The first run: from an empty server to the first token, on Home.

use axum::http::StatusCode;
use licensing::{Role, terms::EmailTerm};
use serde_json::{Value, json};
use testing::contract;

use super::{
    devices::page_text,
    many_licenses::sent,
    person::{accounts, signed_in},
};
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

contract!(an_empty_server_leads_from_the_license_to_the_product_the_policy_and_back, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let admin = signed_in(&server, Role::Admin).await;
    let empty = admin.open("/licenses/new").await;
    assert!(page_text(&empty).contains("Create a product first"), "{}", page_text(&empty));
    let product = "/products/new?wanted=license";
    assert!(Html::read(empty.text()).links.contains(product), "in one hop");
    assert!(page_text(&admin.open(product).await).contains("A license needs a product and a policy."));
    let fields = [("name", "Drift Pro"), ("code", "drift-pro")];
    let created = sent(&admin, product, "products/create", &fields).await;
    let policy = created.header("location").to_owned();
    assert!(policy.starts_with("/policies/new?product=") && policy.contains("&wanted=license"), "{policy}");
    let empty = admin.open("/licenses/new").await;
    assert!(page_text(&empty).contains("Create a policy first"), "{}", page_text(&empty));
    assert!(Html::read(empty.text()).links.contains("/policies/new?wanted=license"));

    // A template keeps the way back, and so does a refused form.
    let templates = Html::read(admin.open(&policy).await.text()).links;
    assert!(templates.iter().any(|to| to.contains("template=") && to.contains("wanted=license")), "{templates:?}");
    let refused = sent(&admin, &policy, "policies/create", &[("name", "")]).await;
    let form = Html::read(refused.text()).form("policies/create").fill("name", "Standard");
    let created = admin.submit(&policy, &form.encoded()).await;
    let license = created.header("location").to_owned();
    assert!(license.starts_with("/licenses/new?policy="), "{license}");
    let form = Html::read(admin.open(&license).await.text()).form("licenses/create");
    assert!(license.contains(form.value("policy").unwrap()), "the new policy is selected");
    let plain = sent(&admin, "/policies/new", "policies/create", &[("name", "Other")]).await;
    assert!(plain.header("location").starts_with("/policies/"), "other forms lead where they did");
});

contract!(a_code_that_is_left_empty_is_derived_from_the_name, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let admin = signed_in(&server, Role::Admin).await;
    let create =
        async |name: &str| sent(&admin, "/products/new", "products/create", &[("name", name), ("code", "")]).await;
    let created = create("Crème 2").await;
    assert!(page_text(&admin.open(created.header("location")).await).contains("creme-2"));
    let refused = create("漢字").await;
    assert!(page_text(&refused).contains("cannot be derived from this name"), "{}", page_text(&refused));
});

contract!(the_label_of_the_address_names_the_policies_that_require_it, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let strict = server.license().email("kim@example.com").terms(|terms| terms.email = EmailTerm::MustMatch);
    let strict = strict.create().await.policy_id;
    let admin = signed_in(&server, Role::Admin).await;
    let label = async |page: &str| {
        let text = page_text(&admin.open(page).await);
        text.split("E-mail").nth(1).unwrap().split("Order").next().unwrap().to_owned()
    };
    assert!(label("/licenses/new").await.contains("required"));
    server.license().create().await;
    let mixed = label("/licenses/new").await;
    assert!(mixed.contains("required by some policies") && mixed.contains("Required under Drift Pro"), "{mixed}");
    let page = format!("/licenses/new?policy={strict}");
    let fields = [("customer", "Aurora"), ("reference", "NW-1")];
    let refused = sent(&admin, &page, "licenses/create", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = Html::read(refused.text()).form("licenses/create");
    assert!(form.fields.iter().any(|field| field.name == "email" && field.refused));
    assert_eq!((form.value("customer"), form.value("reference")), (Some("Aurora"), Some("NW-1")), "it is kept");
    assert_eq!(form.value("policy"), Some(strict.to_string().as_str()));
});
