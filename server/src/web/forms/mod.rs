//! The forms of the admin app, sent by a browser or by the script of a page, which asks for the same.
//!
//! A form is posted to the page that contains it, and names its server function in a hidden field. That function is
//! called here. If it succeeds, the browser is redirected with 303. If it refuses, the
//! same page is rendered again with the refusal's status, the entered values, and a message.

use std::{convert::Infallible, sync::Arc};

use app::{
    Error,
    admin::API,
    components::DIALOG,
    form::{ACTION, FORM, PROOF, SIGN_IN, Submitted, is_ours, is_secret},
    http::{
        address,
        context::{Browser, FormPage},
    },
};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode, Uri,
    header::{ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, SET_COOKIE},
    request::Parts,
};
use leptos::server_fn::error::{FromServerFnError, SERVER_FN_ERROR_HEADER};
use tower::ServiceExt as _;

/// Maximum size of a form, in bytes. No form of ours is larger.
pub(crate) const LONGEST_FORM: usize = 256 * 1024;

/// Serves the admin app and its forms: `inside` has the pages and, under [`API`], the acts. Also sets the status of
/// every refused act.
///
/// Layers for all requests (request id, cross-site check, login) belong around the returned router, so that they see a
/// form once. `inside` may be called twice for a form: for the function and for the page.
pub fn with_forms(inside: Router) -> Router {
    Router::new().fallback(move |request: Request| serve(inside.clone(), request))
}

async fn serve(inside: Router, request: Request) -> Response {
    if is_form(&request) {
        let (parts, body) = request.into_parts();
        match to_bytes(body, LONGEST_FORM).await {
            Ok(body) => post(inside, parts, body).await,
            Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        }
    } else if request.uri().path().starts_with(API) {
        match outcome(call(inside, request).await).await {
            Outcome::Done(response) => response,
            Outcome::Refused(error, response) => with_status(response, &error),
        }
    } else {
        call(inside, request).await
    }
}

/// Returns `true` if the request is a form of a page: its sender wants a page in return, unlike a program.
fn is_form(request: &Request) -> bool {
    let says = |name, what: &str| {
        request.headers().get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(what))
    };
    request.method() == Method::POST
        && says(ACCEPT, "text/html")
        && says(CONTENT_TYPE, "application/x-www-form-urlencoded")
}

async fn post(inside: Router, mut parts: Parts, body: Bytes) -> Response {
    let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let Some(function) = function(&fields) else {
        return call(inside, Request::from_parts(parts, Body::from(body))).await;
    };
    parts.extensions.insert(FormPage(parts.uri.path().to_owned()));
    let outcome = match on_the_way(&inside, &mut parts, &fields).await {
        Ok(()) => outcome(call(inside.clone(), ask(&parts, function, body)).await).await,
        Err(refused) => refused,
    };
    match outcome {
        // An error without a message, such as for a function that does not exist.
        Outcome::Done(response) if !(response.status().is_success() || response.status().is_redirection()) => response,
        Outcome::Done(response) => go_on(&parts.uri, response),
        Outcome::Refused(error, _) => {
            let status = status(&error);
            let (form, action) = (field(&fields, FORM), field(&fields, ACTION));
            let (form, action) = (form.unwrap_or_default(), action.unwrap_or_default());
            let submitted = Submitted { form, action, values: typed(fields), error, is_gone: false };
            let mut page = page(inside, parts, submitted).await;
            if page.status() == StatusCode::OK {
                *page.status_mut() = status;
            }
            page
        }
    }
}

/// Signs in or checks the fresh proof, if the form has the fields for it. The act then runs as that account.
async fn on_the_way(inside: &Router, parts: &mut Parts, fields: &[(String, String)]) -> Result<(), Outcome> {
    let given = |name| field(fields, name).filter(|value| !value.is_empty());
    if let Some(password) = given(PROOF) {
        let form = encoded(&[("password", &password)]);
        let prove = Uri::from_static("/admin/api/own-account/prove");
        match outcome(call(inside.clone(), ask(parts, prove, form.into())).await).await {
            Outcome::Done(_) => {}
            Outcome::Refused(Error::Throttled(seconds), answer) => {
                let message = format!("was not checked after too many wrong ones: wait {seconds} seconds");
                return Err(Outcome::Refused(Error::ProofNeeded(Some(message)), answer));
            }
            refused @ Outcome::Refused(..) => return Err(refused),
        }
    }
    if let (Some(email), Some(password)) = (given(SIGN_IN.0), given(SIGN_IN.1)) {
        let form = encoded(&[("email", &email), ("password", &password)]);
        match outcome(call(inside.clone(), ask(parts, Uri::from_static("/admin/api/sign-in"), form.into())).await).await
        {
            Outcome::Done(_) => {}
            Outcome::Refused(Error::Invalid(wrong), answer) => {
                let message = wrong.into_iter().next().map(|it| it.message).unwrap_or_default();
                return Err(Outcome::Refused(Error::SignInRefused(message), answer));
            }
            Outcome::Refused(error, answer) => {
                return Err(Outcome::Refused(Error::SignInRefused(error.to_string()), answer));
            }
        }
        if let Some(browser) = parts.extensions.get::<Arc<dyn Browser>>().cloned() {
            match browser.visitor().await {
                Ok(visitor) => _ = parts.extensions.insert(visitor),
                Err(error) => return Err(Outcome::Refused(error, Response::default())),
            }
        }
    }
    Ok(())
}

fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Returns the server function that the form names.
fn function(fields: &[(String, String)]) -> Option<Uri> {
    let path = field(fields, ACTION)?;
    path.starts_with(API).then(|| path.parse().ok()).flatten()
}

fn field(fields: &[(String, String)], name: &str) -> Option<String> {
    fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
}

/// Returns the fields that may be sent back to the browser.
fn typed(fields: Vec<(String, String)>) -> Vec<(String, String)> {
    fields.into_iter().filter(|(name, _)| !is_ours(name) && !is_secret(name)).collect()
}

/// Builds the call that the script would make.
fn ask(parts: &Parts, function: Uri, body: Bytes) -> Request {
    let mut parts = parts.clone();
    parts.uri = function;
    parts.headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    Request::from_parts(parts, Body::from(body))
}

/// Renders the page that contains the form, with the message at the form, or at the top if the page no longer has the
/// form.
async fn page(inside: Router, parts: Parts, submitted: Submitted) -> Response {
    let (head, body) = call(inside.clone(), ask_page(parts.clone(), submitted.clone())).await.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let has_form = String::from_utf8_lossy(&body).contains(&format!("name=\"{FORM}\" value=\"{}\"", submitted.form));
    if has_form || head.status != StatusCode::OK {
        return Response::from_parts(head, Body::from(body));
    }
    call(inside, ask_page(parts, Submitted { is_gone: true, ..submitted })).await
}

/// Builds the request for the page that contains the form.
fn ask_page(mut parts: Parts, submitted: Submitted) -> Request {
    parts.method = Method::GET;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    parts.extensions.insert(submitted);
    Request::from_parts(parts, Body::empty())
}

/// Result of a call.
enum Outcome {
    Done(Response),
    /// The error, and the response that contains it.
    Refused(Error, Response),
}

async fn outcome(response: Response) -> Outcome {
    if !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return Outcome::Done(response);
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, LONGEST_FORM).await.unwrap_or_default();
    parts.headers.remove(CONTENT_LENGTH);
    Outcome::Refused(Error::de(body.clone()), Response::from_parts(parts, Body::from(body)))
}

fn with_status(mut response: Response, error: &Error) -> Response {
    *response.status_mut() = status(error);
    response
}

fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Redirects the browser to where the function wants it, or back to the page with its dialog closed.
fn go_on(page: &Uri, done: Response) -> Response {
    let wanted = done.headers().get(LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned);
    let to = wanted.unwrap_or_else(|| {
        format!("{}{}", page.path(), address::query_with(page.query().unwrap_or_default(), DIALOG, None))
    });
    let mut headers = HeaderMap::new();
    headers
        .insert(LOCATION, HeaderValue::from_str(address::own(&to)).unwrap_or(HeaderValue::from_static(address::HOME)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in done.headers().get_all(SET_COOKIE) {
        headers.append(SET_COOKIE, cookie.clone());
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}

async fn call(inside: Router, request: Request) -> Response {
    let answer: Result<Response, Infallible> = inside.oneshot(request).await;
    answer.unwrap_or_else(|never| match never {})
}

#[cfg(test)]
mod tests;
