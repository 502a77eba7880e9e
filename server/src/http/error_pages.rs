//! Error responses for requests that the admin app cannot answer: those that never reach it, and those that fail in it.

use app::{Error, admin::API};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, ALLOW, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE},
};
use leptos::server_fn::error::{FromServerFnError as _, SERVER_FN_ERROR_HEADER};
use service::Origin;

use crate::{
    AppState,
    api::problem::{self, Problem},
    http::accept::accepted,
};

/// Text for a bare error response, in place of the usual one of its status. An extension of the response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ErrorMessage(pub(crate) &'static str);

/// Middleware that fills in every bare error response: what happened, and a link to the home page.
pub(crate) async fn write(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reader = Reader::of(&request);
    let answer = next.run(request).await;
    let status = answer.status();
    let bare = !answer.headers().contains_key(CONTENT_TYPE);
    if !bare || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let message = answer.extensions().get::<ErrorMessage>().map_or("", |message| message.0);
    let mut written = reader.write(state.service.keys().issuer(), status, message);
    // Drop other headers: those that describe the inner body, above all its length, are wrong for this one.
    for name in [ALLOW, RETRY_AFTER, SET_COOKIE] {
        if answer.headers().contains_key(&name) {
            written.headers_mut().remove(&name);
        }
        for value in answer.headers().get_all(&name) {
            written.headers_mut().append(&name, value.clone());
        }
    }
    written
}

/// The form in which the caller of a request reads errors.
#[derive(Debug)]
pub(crate) struct Reader {
    form: Form,
    request_id: Option<String>,
}

#[derive(Debug)]
enum Form {
    /// JSON for a script that called an act.
    Script,
    /// HTML for a browser that opens a page or posts a form.
    Page,
    /// A problem document for any other program, with the content type that it accepts.
    Problem(&'static str),
}

impl Reader {
    /// Returns the form for this request: HTML only if `Accept` names it.
    pub(crate) fn of(request: &Request) -> Self {
        let form = if request.uri().path().starts_with(API) {
            Form::Script
        } else if asks_for_html(request.headers()) {
            Form::Page
        } else {
            Form::Problem(problem::content_type(request.headers()))
        };
        Self { form, request_id: request.extensions().get::<Origin>().and_then(|origin| origin.request_id.clone()) }
    }

    /// Renders an error response. If `message` is empty, the text is the usual one of the status.
    pub(crate) fn write(self, server: &str, status: StatusCode, message: &str) -> Response {
        let (title, usual) = usual_text(status);
        let message = if message.is_empty() { usual } else { message };
        let mut written = match self.form {
            Form::Script => {
                let error = error(status, message, self.request_id.unwrap_or_default());
                ([(CONTENT_TYPE.as_str(), "application/json"), (SERVER_FN_ERROR_HEADER, "")], error.ser())
                    .into_response()
            }
            Form::Page => Html(page(title, message)).into_response(),
            Form::Problem(content_type) => {
                Problem::with_status(status, message).write(server, self.request_id.as_deref(), content_type)
            }
        };
        *written.status_mut() = status;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            written.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        written
    }
}

/// Returns `true` if `Accept` names HTML, as browsers do when they open a page or post a form.
pub(crate) fn asks_for_html(headers: &HeaderMap) -> bool {
    accepted(headers, ACCEPT).any(|kind| kind == "text/html" || kind == "application/xhtml+xml")
}

fn error(status: StatusCode, message: &str, request_id: String) -> Error {
    match status {
        StatusCode::FORBIDDEN => Error::Forbidden(message.to_owned()),
        StatusCode::NOT_FOUND => Error::NotFound,
        StatusCode::SERVICE_UNAVAILABLE => Error::Unavailable,
        other if other.is_client_error() => Error::Refused(message.to_owned()),
        _ => Error::Internal { request_id },
    }
}

fn usual_text(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::FORBIDDEN => (
            "This request did not come from one of our pages",
            "Another website sent it, or a page that was open for too long. Nothing was changed. Open the page here and try again.",
        ),
        StatusCode::MISDIRECTED_REQUEST => {
            ("This server does not serve that address", "Open the server at its own address.")
        }
        StatusCode::NOT_FOUND => ("There is nothing at this address", "The link may be incomplete."),
        StatusCode::METHOD_NOT_ALLOWED => ("This address cannot be used this way", "Open it as a page instead."),
        StatusCode::TOO_MANY_REQUESTS => {
            ("Too many attempts from your network", "Wait a minute and try again. Nothing was changed.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("The request is too large", "Shorten what you sent and try again. Nothing was changed.")
        }
        StatusCode::URI_TOO_LONG => {
            ("This address is too long", "No page here has an address like this. Start at the home page.")
        }
        StatusCode::SERVICE_UNAVAILABLE => (
            "The server is busy",
            "Try again in a moment. Your customers’ activations are not affected. They run separately.",
        ),
        other if other.is_client_error() => {
            ("The server cannot read this request", "Start at the home page and try again.")
        }
        _ => (
            "Something went wrong on our side",
            "Try again. If it happens again, look for the request’s id in the server’s log.",
        ),
    }
}

/// Renders a deliberately plain page, which works whatever else is broken.
fn page(title: &str, message: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"/favicon.svg\"><title>{title}</title></head>\
         <body><main><h1>{title}</h1><p>{message}</p><p><a href=\"/\">Home</a></p></main></body></html>"
    )
}
