//! Answers in place of the admin app's, for what it cannot answer: a request that never reached it, or a defect in it.

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
};

/// What a bare answer says of itself, instead of what its status says. An extension of the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words(pub(crate) &'static str);

/// Writes out every bare answer of an error: what happened, and a way on.
pub(crate) async fn write(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reader = Reader::of(&request);
    let answer = next.run(request).await;
    let status = answer.status();
    let bare = !answer.headers().contains_key(CONTENT_TYPE);
    if !bare || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let words = answer.extensions().get::<Words>().map_or("", |words| words.0);
    let mut written = reader.write(state.service.issuer(), status, words);
    // Nothing else is kept: what describes the inner body, above all its length, is false of this one.
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
    /// A script that called an act.
    Script,
    /// A browser that opens a page or posts a form.
    Page,
    /// Any other program, and the type under which it takes problems.
    Problem(&'static str),
}

impl Reader {
    /// The form that fits this request: a page only where HTML is asked for by name.
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

    /// An answer of that status. Without `words` it says what the status means here.
    pub(crate) fn write(self, server: &str, status: StatusCode, words: &str) -> Response {
        let (title, usual) = told(status);
        let words = if words.is_empty() { usual } else { words };
        let mut written = match self.form {
            Form::Script => {
                let error = error(status, words, self.request_id.unwrap_or_default());
                ([(CONTENT_TYPE.as_str(), "application/json"), (SERVER_FN_ERROR_HEADER, "")], error.ser())
                    .into_response()
            }
            Form::Page => Html(page(title, words)).into_response(),
            Form::Problem(content_type) => {
                Problem::with_status(status, words).write(server, self.request_id.as_deref(), content_type)
            }
        };
        *written.status_mut() = status;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            written.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        written
    }
}

/// Whether HTML is asked for by name, as browsers do that open a page or post a form.
pub(crate) fn asks_for_html(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|range| {
        let kind = range.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("text/html") || kind.eq_ignore_ascii_case("application/xhtml+xml")
    })
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
        StatusCode::MISDIRECTED_REQUEST => ("This is another server’s address", "Open the server at its own address."),
        StatusCode::NOT_FOUND => ("There is nothing at this address", "The link may be cut off."),
        StatusCode::METHOD_NOT_ALLOWED => ("This address cannot be used like that", "Open it as a page instead."),
        StatusCode::TOO_MANY_REQUESTS => {
            ("Too many attempts came from your network", "Wait a minute and try again. Nothing was changed.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("That is too much at once", "Shorten what you sent and try again. Nothing was changed.")
        }
        StatusCode::URI_TOO_LONG => {
            ("This address is too long", "No page of ours has one like it: begin at the home page.")
        }
        StatusCode::SERVICE_UNAVAILABLE => (
            "The server is busy",
            "Try again in a moment. Your customers’ activations run separately and are not affected.",
        ),
        other if other.is_client_error() => {
            ("The server cannot read this request", "Begin at the home page and try again.")
        }
        _ => (
            "Something went wrong on our side",
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
