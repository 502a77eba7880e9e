//! Responses of the management API.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{query::PageLinks, revision::etag};

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Items<T> {
    /// The items of the page, newest first unless another order was requested.
    items: Vec<T>,
    /// Cursor of the next page; null if there is none.
    next: Option<String>,
    /// Cursor of the previous page; null if there is none.
    previous: Option<String>,
}

/// Answers a page.
pub(in crate::api) fn items<T: Serialize>(items: Vec<T>, links: PageLinks) -> Response {
    let PageLinks { next, previous, header: link } = links;
    let mut response = Json(Items { items, next, previous }).into_response();
    if let Some(link) = link.and_then(|link| HeaderValue::try_from(link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// Answers an object with its revision.
pub(in crate::api) fn found(object: impl Serialize, revision: i64) -> Response {
    ([etag(revision)], Json(object)).into_response()
}

/// Answers a new object with its revision and its address.
pub(in crate::api) fn created(object: impl Serialize, revision: Option<i64>, location: &str) -> Response {
    let mut response = (StatusCode::CREATED, Json(object)).into_response();
    response.headers_mut().extend(revision.map(etag));
    response.headers_mut().extend(HeaderValue::try_from(location).map(|location| (header::LOCATION, location)));
    response
}

/// Answers a job that was started, with its address.
pub(in crate::api) fn started(object: impl Serialize, location: &str) -> Response {
    let mut response = (StatusCode::ACCEPTED, Json(object)).into_response();
    response.headers_mut().extend(HeaderValue::try_from(location).map(|location| (header::LOCATION, location)));
    response
}

/// Answers that there is nothing to answer.
pub(in crate::api) fn nothing_more() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
