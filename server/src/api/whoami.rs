//! `GET /api/v1/admin/whoami`: tells the vendor's own systems the identity and the rights of their API token.

use axum::{Json, extract::FromRequestParts, http::request::Parts, response::IntoResponse};
use chrono::{DateTime, Utc};
use licensing::Permission;
use serde::Serialize;
use service::{ApiCaller, Origin, rate_limit::Limit};
use uuid::Uuid;

use super::{
    activations::not_stored,
    bearer::bearer,
    limits,
    problem::{Code, Problem},
};
use crate::AppState;

/// Extractor for a caller with a valid API token. Invalid tokens count against their network's limit.
pub(super) struct Caller(ApiCaller);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let origin = parts.extensions.get::<Origin>().cloned().unwrap_or_default();
        if let Some(seconds) = limits::wait(state, Limit::WrongApiToken, &origin) {
            return Err(Problem::too_many_tokens(seconds));
        }
        let token = bearer(&parts.headers).map_err(|_| {
            Problem::new(Code::InvalidToken, "Send an API token in the Authorization header, as “Bearer lk_…”.")
        })?;
        match state.service.identity().api_caller(token, origin.address.as_deref()).await {
            Ok(api_caller) => Ok(Self(api_caller)),
            Err(service::Error::Forbidden(message)) => Err(Problem::new(Code::NotPermitted, message)),
            Err(error) => {
                let problem = Problem::from(error);
                let counts = problem.code() == Code::InvalidToken;
                let wait = counts.then(|| limits::count(state, Limit::WrongApiToken, &origin)).flatten();
                Err(wait.map_or(problem, Problem::too_many_tokens))
            }
        }
    }
}

/// Identity and rights of an API token.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Who {
    /// Id and name of the token.
    token: Token,
    /// Names of its permissions.
    scopes: Vec<&'static str>,
    /// Ids of the products that it is limited to; empty for all products.
    products: Vec<Uuid>,
    expires_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct Token {
    id: Uuid,
    name: String,
}

/// Answers the identity and rights of the caller's token. Any valid token may call this.
pub(super) async fn whoami(Caller(api_caller): Caller) -> impl IntoResponse {
    let ApiCaller { id, name, scopes, products, expires_at } = api_caller;
    let scopes = scopes.into_iter().map(Permission::name).collect();
    not_stored(Json(Who { token: Token { id, name }, scopes, products, expires_at }))
}
