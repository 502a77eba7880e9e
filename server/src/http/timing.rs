//! The time that the server took for a page, which the browser's developer tools show.

use std::time::Instant;

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderName, HeaderValue};

use super::headers::is_page;

/// <https://www.w3.org/TR/server-timing/>.
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Adds the time from the request to the complete page, in milliseconds.
pub(crate) async fn report(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let mut response = next.run(request).await;
    let total = format!("total;dur={:.1}", began.elapsed().as_secs_f64() * 1000.0);
    if let (true, Ok(total)) = (is_page(response.headers()), HeaderValue::from_str(&total)) {
        response.headers_mut().insert(SERVER_TIMING, total);
    }
    response
}
