#![allow(clippy::unwrap_used)]

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header::AUTHORIZATION},
    middleware::from_fn_with_state,
    response::Response,
    routing::get,
};
use licensing::{Permission, Scope};
use service::{Actor, Clock, NewApiToken, SealingKey, Service};
use testing::{Database, contract};
use tower::ServiceExt;

use super::*;
use crate::{Config, api::problem, config::Sources};

async fn state(db: &Database) -> AppState {
    let key = SealingKey::generate().unwrap();
    let service = Service::open((**db).clone(), &key, Clock::system(), "https://example.com".to_owned()).await.unwrap();
    AppState::new(service, Config::read(Sources { file: None, variables: vec![] }).unwrap())
}

/// Sends a token with these scopes to a route that requires the act.
async fn answer(state: &AppState, act: Act, scopes: &[Scope]) -> Response {
    let form = NewApiToken { name: "shop".to_owned(), scopes: scopes.to_vec(), days: 1, ..NewApiToken::default() };
    let (_, token) = state.service.identity().create_api_token(form, &Actor::command()).await.unwrap();
    send(state, act, Some(&token.0)).await
}

async fn send(state: &AppState, act: Act, token: Option<&str>) -> Response {
    let named = async |Caller(caller): Caller| caller.name;
    let router: Router = Router::new()
        .route("/", guard(state, Opens::Act(act), get(named)))
        .layer(from_fn_with_state(state.clone(), problem::write))
        .with_state(state.clone());
    let mut request = Request::get("/");
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

contract!(a_token_passes_with_the_act_or_its_permission, async |db| {
    let state = state(db).await;
    for scope in [Scope::from(Act::LicensesSuspend), Permission::HelpCustomers.into()] {
        assert_eq!(answer(&state, Act::LicensesSuspend, &[scope]).await.status(), StatusCode::OK, "{scope:?}");
    }
});

contract!(a_token_without_the_act_is_told_which_scope_it_lacks, async |db| {
    let state = state(db).await;
    let refused = answer(&state, Act::LicensesSuspend, &[Permission::See.into(), Act::LicensesCreate.into()]).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let lacks = refused.headers()["www-authenticate"].to_str().unwrap();
    assert_eq!(lacks, "Bearer error=\"insufficient_scope\", scope=\"licenses.suspend\"");
});

contract!(an_act_that_needs_a_fresh_proof_must_be_named, async |db| {
    let state = state(db).await;
    let permissions: Vec<_> = Permission::ALL.into_iter().map(Scope::from).collect();
    assert_eq!(answer(&state, Act::LicensesRevoke, &permissions).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(answer(&state, Act::LicensesRevoke, &[Act::LicensesRevoke.into()]).await.status(), StatusCode::OK);
});

contract!(a_request_without_a_valid_token_does_not_pass, async |db| {
    let state = state(db).await;
    for token in [None, Some("lk_"), Some("")] {
        assert_eq!(send(&state, Act::LicensesSee, token).await.status(), StatusCode::UNAUTHORIZED, "{token:?}");
    }
});
