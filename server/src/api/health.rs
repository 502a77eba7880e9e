//! `GET /health/live` and `/health/ready`, for monitoring and orchestration.
//!
//! If `live` does not answer, restart the process. `ready` answers 503 if the database is unavailable or read-only, or if
//! the clock cannot be trusted; send requests to another instance until it recovers.

use axum::{Json, extract::State, http::header::CACHE_CONTROL, response::IntoResponse};
use chrono::TimeDelta;
use serde::Serialize;
use service::{Service, Trust};
use utoipa::ToSchema;

use super::problem::{Code, Problem};
use crate::clock_owner::clock_owner;

/// Body of a check that succeeded.
#[derive(Serialize, ToSchema)]
struct Healthy {
    #[schema(inline)]
    status: Status,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
}

/// Reports that the process is running.
#[utoipa::path(
    get,
    path = "/health/live",
    operation_id = "live",
    tag = "machines",
    responses((status = 200, description = "The check succeeded.", body = inline(Healthy))),
)]
pub(super) async fn live() -> impl IntoResponse {
    well()
}

/// Reports that activations can be served.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "ready",
    tag = "machines",
    responses((status = 200, description = "The check succeeded.", body = inline(Healthy))),
    extensions(("x-problems" = json!([Code::Unavailable]))),
)]
pub(super) async fn ready(State(service): State<Service>) -> Result<impl IntoResponse, Problem> {
    service.ready().await?;
    let off = |by: TimeDelta, how| {
        let clock = clock_owner(&service);
        let detail = format!("The clock of {clock} is {} seconds {how}. No tokens are issued.", by.num_seconds());
        Err(Problem::of_the_clock(detail))
    };
    match service.timekeeper().trust() {
        Trust::Good => {}
        Trust::Behind(by) => return off(by, "behind the time it showed before"),
        Trust::Ahead(by) => return off(by, "ahead of the elapsed time"),
    }
    Ok(well())
}

fn well() -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(Healthy { status: Status::Ok }))
}
