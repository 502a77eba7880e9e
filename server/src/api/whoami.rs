//! `GET /api/v1/admin/whoami`: tells the vendor's own systems the identity and the rights of their API token.

use axum::{Json, response::IntoResponse};
use chrono::{DateTime, Utc};
use licensing::Scope;
use serde::Serialize;
use service::ApiCaller;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{activations::not_stored, caller::Caller};

/// Identity and rights of an API token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Who {
    #[schema(inline)]
    token: Token,
    /// Permissions, and names of single acts.
    scopes: Vec<&'static str>,
    /// The products that it is limited to; empty for all products.
    products: Vec<Uuid>,
    expires_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
struct Token {
    id: Uuid,
    name: String,
}

/// Returns the identity and rights of an API token of the vendor's own systems.
#[utoipa::path(
    get,
    path = "/api/v1/admin/whoami",
    operation_id = "whoami",
    tag = "machines",
    responses((status = 200, description = "The token.", body = inline(Who))),
)]
pub(super) async fn whoami(Caller(caller): Caller) -> impl IntoResponse {
    let ApiCaller { id, name, scopes, products, expires_at } = caller;
    let scopes = scopes.into_iter().map(Scope::name).collect();
    not_stored(Json(Who { token: Token { id, name }, scopes, products, expires_at }))
}
