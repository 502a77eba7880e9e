//! Limits on every request: the length of its URL, and the time until its response begins. A panic becomes a 500.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

/// Maximum length of path and query, in bytes.
const LONGEST_URI: usize = 8 * 1024;
/// Time limit until the response begins, including the time to read the request body.
const REQUEST_TIME: Duration = Duration::from_secs(10);

/// Adds the bounds to these routes: 414 if the URL is too long, 503 if the request takes too long, and 500 if its
/// handler panics. The responses have no body; an outer layer fills it in.
pub(crate) fn keep<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    within(REQUEST_TIME, routes)
}

fn within<S: Clone + Send + Sync + 'static>(limit: Duration, routes: Router<S>) -> Router<S> {
    let in_time = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limit);
    routes.layer((from_fn(refuse_long), CatchPanicLayer::custom(panicked), in_time))
}

async fn refuse_long(request: Request, next: Next) -> Response {
    if request.uri().path_and_query().is_some_and(|uri| uri.as_str().len() > LONGEST_URI) {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    next.run(request).await
}

/// Answers 500. The panic hook has logged the cause.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use axum::{body::Body, routing::get};
    use tower::ServiceExt as _;

    use super::*;

    async fn status(uri: &str) -> StatusCode {
        async fn broken() {
            panic!("a defect");
        }
        let routes = Router::new().route("/good", get(|| async { "good" })).route("/broken", get(broken));
        answer(keep(routes), uri).await
    }

    async fn answer(router: Router, uri: &str) -> StatusCode {
        router.oneshot(Request::get(uri).body(Body::empty()).unwrap()).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_of_500() {
        assert_eq!(status("/broken").await, StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_given_up() {
        let routes = Router::new().route("/", get(std::future::pending::<StatusCode>));
        assert_eq!(answer(within(Duration::ZERO, routes), "/").await, StatusCode::SERVICE_UNAVAILABLE);
    }

    #[tokio::test]
    async fn an_address_has_at_most_eight_kibibytes() {
        let long = |n: usize| format!("/good?{}", "a".repeat(n - "/good?".len()));
        assert_eq!(status(&long(8192)).await, StatusCode::OK);
        assert_eq!(status(&long(8193)).await, StatusCode::URI_TOO_LONG);
    }
}
