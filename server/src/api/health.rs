//! `GET /health/live` and `/health/ready`: for whoever watches over the process.

use axum::{Json, extract::State, http::header::CACHE_CONTROL, response::IntoResponse};
use serde_json::json;
use service::{Error, Service};

use super::problem::Problem;

/// 200 as long as the process runs: restart it when this does not answer.
pub(super) async fn live() -> impl IntoResponse {
    well()
}

/// 200 while activations can be served, 503 while the database is away: send requests elsewhere until it is back.
pub(super) async fn ready(State(service): State<Service>) -> Result<impl IntoResponse, Problem> {
    service.store().ping().await.map_err(Error::from)?;
    Ok(well())
}

fn well() -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(json!({ "status": "ok" })))
}
