//! `GET /health/live` and `/health/ready`, for monitoring and orchestration.

use axum::{Json, extract::State, http::header::CACHE_CONTROL, response::IntoResponse};
use chrono::TimeDelta;
use serde_json::json;
use service::{Service, Trust};

use super::problem::Problem;
use crate::clock_owner::clock_owner;

/// Answers 200 as long as the process runs. If it does not answer, restart the process.
pub(super) async fn live() -> impl IntoResponse {
    well()
}

/// Answers 200 if activations can be served. Answers 503 if the database is unavailable or read-only, or if the clock
/// cannot be trusted; send requests to another instance until it recovers.
pub(super) async fn ready(State(service): State<Service>) -> Result<impl IntoResponse, Problem> {
    service.ready().await?;
    let off = |by: TimeDelta, how| {
        let clock = clock_owner(&service);
        let detail = format!("The clock of {clock} is {} seconds {how}. No tokens are issued.", by.num_seconds());
        Err(Problem::of_the_clock(detail))
    };
    match service.timekeeper().time() {
        Trust::Good => {}
        Trust::Behind(by) => return off(by, "behind the time it showed before"),
        Trust::Ahead(by) => return off(by, "ahead of the elapsed time"),
    }
    Ok(well())
}

fn well() -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(json!({ "status": "ok" })))
}
