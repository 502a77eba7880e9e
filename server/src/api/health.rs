//! `GET /health/live` and `/health/ready`: for whoever watches over the process.

use axum::{Json, extract::State, http::header::CACHE_CONTROL, response::IntoResponse};
use chrono::TimeDelta;
use serde_json::json;
use service::{Service, Trust};

use super::problem::Problem;
use crate::time::whose_clock;

/// 200 as long as the process runs: restart it when this does not answer.
pub(super) async fn live() -> impl IntoResponse {
    well()
}

/// 200 while activations can be served, 503 while the database is away, takes no writes, or the clock cannot be believed:
/// send requests elsewhere until that is over.
pub(super) async fn ready(State(service): State<Service>) -> Result<impl IntoResponse, Problem> {
    service.ready().await?;
    let off = |by: TimeDelta, how| {
        let clock = whose_clock(&service);
        let detail = format!("The clock of {clock} is {how} by {} seconds: nothing is issued.", by.num_seconds());
        Err(Problem::of_the_clock(detail))
    };
    match service.time() {
        Trust::Good => {}
        Trust::Behind(by) => return off(by, "behind what it showed before"),
        Trust::Ahead(by) => return off(by, "ahead of the time that has passed"),
    }
    Ok(well())
}

fn well() -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(json!({ "status": "ok" })))
}
