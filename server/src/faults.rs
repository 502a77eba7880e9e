//! Answers in place of the admin app's, for what it cannot answer: a request that never reached it, or a defect in it.

use app::Error;
use axum::{
    extract::Request,
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};
use http::{
    HeaderValue, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use leptos::server_fn::error::{FromServerFnError as _, SERVER_FN_ERROR_HEADER};
use service::Origin;

use crate::forms::API;

/// Writes out every bare answer of an error: what happened, and a way on. As a page, or, where the script asks, as the
/// error that it understands.
pub(crate) async fn write(request: Request, next: Next) -> Response {
    let script = request.uri().path().starts_with(API);
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    let answer = next.run(request).await;
    let status = answer.status();
    let bare = !answer.headers().contains_key(CONTENT_TYPE);
    if !bare || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let (title, words) = told(status);
    let mut written = if script {
        let error = error(status, words, origin.request_id.unwrap_or_default());
        ([(CONTENT_TYPE.as_str(), "application/json"), (SERVER_FN_ERROR_HEADER, "")], error.ser()).into_response()
    } else {
        Html(page(title, words)).into_response()
    };
    *written.status_mut() = status;
    written.headers_mut().extend(answer.headers().clone());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        written.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    written
}

fn error(status: StatusCode, words: &str, request_id: String) -> Error {
    match status {
        StatusCode::FORBIDDEN => Error::Forbidden(words.to_owned()),
        StatusCode::NOT_FOUND => Error::NotFound,
        StatusCode::SERVICE_UNAVAILABLE => Error::Unavailable,
        other if other.is_client_error() => Error::Refused(words.to_owned()),
        _ => Error::Internal { request_id },
    }
}

fn told(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::FORBIDDEN => (
            "This did not come from one of our own pages",
            "Another website, or a page that was open for very long, sent it, and nothing was changed. Open the page here and try again.",
        ),
        StatusCode::NOT_FOUND => ("There is nothing at this address", "The link may be cut off."),
        StatusCode::METHOD_NOT_ALLOWED => ("This address cannot be used like that", "Open it as a page instead."),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("That is too much at once", "Shorten what you sent and try again. Nothing was changed.")
        }
        StatusCode::URI_TOO_LONG => {
            ("This address is too long", "No page of ours has one like it: begin at the home page.")
        }
        StatusCode::SERVICE_UNAVAILABLE => (
            "The server is busy",
            "Try again in a moment. The activations of your customers are not affected: they have a door of their own.",
        ),
        other if other.is_client_error() => {
            ("The server cannot read this request", "Begin at the home page and try again.")
        }
        _ => (
            "That did not work, and it is our fault",
            "Try again. If it stays like this, the server’s log says more under the id that came with this answer.",
        ),
    }
}

/// Plain on purpose: it must come out whatever else is broken.
fn page(title: &str, words: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"/favicon.svg\"><title>{title}</title></head>\
         <body><main><h1>{title}</h1><p>{words}</p><p><a href=\"/\">Home</a></p></main></body></html>"
    )
}
