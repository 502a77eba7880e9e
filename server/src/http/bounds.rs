//! Bounds of every request: the length of its URL, the time until its response begins, and the effect of a panic.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::Duration,
};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use tokio::time::timeout;

/// Maximum length of path and query, in bytes.
const LONGEST_URI: usize = 8 * 1024;
/// Time limit until the response begins, including the time to read the request body.
const IN_TIME: Duration = Duration::from_secs(10);

/// Answers 414 if the URL is too long, 503 if the request takes too long, and 500 if its handler panics. The responses
/// have no body; an outer layer fills it in.
pub(crate) async fn keep(request: Request, next: Next) -> Response {
    if request.uri().path_and_query().is_some_and(|uri| uri.as_str().len() > LONGEST_URI) {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    within(IN_TIME, next.run(request)).await
}

async fn within(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    match timeout(limit, caught(answer)).await {
        Ok(Some(answer)) => answer,
        // The panic hook has logged it.
        Ok(None) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Err(_) => {
            tracing::error!("a request took too long and was abandoned");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Returns the response, or `None` if the handler panicked.
async fn caught(answer: impl Future<Output = Response>) -> Option<Response> {
    let mut answer = pin!(answer);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(cx))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(answer)) => Poll::Ready(Some(answer)),
        Err(_) => Poll::Ready(None),
    })
    .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use axum::{Router, body::Body, middleware::from_fn, routing::get};
    use tower::ServiceExt as _;

    use super::*;

    async fn status(uri: &str) -> StatusCode {
        async fn broken() {
            panic!("a defect");
        }
        let router =
            Router::new().route("/good", get(|| async { "good" })).route("/broken", get(broken)).layer(from_fn(keep));
        router.oneshot(Request::get(uri).body(Body::empty()).unwrap()).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_of_500() {
        assert_eq!(status("/broken").await, StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_given_up() {
        let answer = within(Duration::ZERO, std::future::pending()).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    #[tokio::test]
    async fn an_address_has_at_most_eight_kibibytes() {
        let long = |n: usize| format!("/good?{}", "a".repeat(n - "/good?".len()));
        assert_eq!(status(&long(8192)).await, StatusCode::OK);
        assert_eq!(status(&long(8193)).await, StatusCode::URI_TOO_LONG);
    }
}
