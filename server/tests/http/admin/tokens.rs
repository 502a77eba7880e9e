//! Creating API tokens from bundles of scopes and single acts.

use axum::http::StatusCode;
use licensing::{Act, Bundle, Role};
use testing::contract;

use super::{
    many_licenses::sent,
    person::{accounts, signed_in},
};
use crate::fixture::Server;

/// The scopes of the newest token, sorted.
async fn scopes(server: &Server) -> Vec<String> {
    let tokens = server.service.store().read().await.unwrap().on().api_tokens().await.unwrap();
    let mut scopes: Vec<String> = serde_json::from_value(tokens[0].scopes.clone()).unwrap();
    scopes.sort_unstable();
    scopes
}

contract!(the_form_of_a_token_fills_in_the_scopes_of_a_kind_of_system, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    for bundle in Bundle::ALL {
        let page = format!("/settings/tokens/new?for={}", bundle.name);
        assert!(owner.open(&page).await.text().contains(bundle.purpose));
        let created = sent(&owner, &page, "tokens/create", &[("name", bundle.label)]).await;
        assert_eq!(created.status, StatusCode::SEE_OTHER, "{}", bundle.name);
        let mut expected: Vec<String> = bundle.scopes().map(|scope| scope.name().to_owned()).collect();
        expected.sort_unstable();
        assert_eq!(scopes(&server).await, expected, "{}", bundle.name);
        let shown = owner.open(created.header("location")).await;
        assert!(shown.text().contains("https://licenses.example.com/api/v1/admin/whoami"), "a call to try");
    }
});

contract!(a_token_may_be_given_single_acts_even_those_that_need_a_fresh_proof, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let page = "/settings/tokens/new";
    let wrong =
        sent(&owner, page, "tokens/create", &[("name", "Shop"), ("acts", "licenses.revoke, licenses.steal")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("licenses.steal is not an act of the API"), "{}", wrong.text());
    for act in [Act::TokensCreate, Act::LicensesNote] {
        let refused = sent(&owner, page, "tokens/create", &[("name", "Shop"), ("acts", act.name())]).await;
        assert!(refused.text().contains(&format!("{} is not an act of the API", act.name())), "{}", refused.text());
    }
    let listed = owner.open(page).await;
    for act in Act::ALL {
        let is_listed = listed.text().contains(&format!(">{}<", act.name()));
        assert_eq!(is_listed, act.is_by_api(), "{}", act.name());
    }
    let acts = format!("{}\r\n{}", Act::WebhooksChange.name(), Act::LicensesBulk.name());
    let created = sent(&owner, page, "tokens/create", &[("name", "Shop"), ("acts", &acts)]).await;
    assert_eq!(created.status, StatusCode::SEE_OTHER);
    assert_eq!(scopes(&server).await, ["licenses.bulk", "see", "webhooks.change"]);
});
