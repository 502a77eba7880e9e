//! `GET /status-lists/{id}`: the tokens that were revoked or suspended before they expire.

use axum::{
    extract::{Path, State},
    http::{
        Extensions, HeaderMap, StatusCode, Uri, Version,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, VARY},
    },
    response::{IntoResponse, Response},
};
use service::{Error, Service};
use tower_http::compression::{
    CompressionLayer,
    predicate::{Predicate, SizeAbove},
};
use uuid::Uuid;

use super::{
    jwks::tag,
    problem::{Code, Problem, takes},
};
use crate::web::assets;

const KIND: &str = "application/statuslist+jwt";
/// Time for which caches may keep a list, in seconds. Verifiers keep it for its `ttl` on top, so a cache on the way
/// adds a minute.
const MAX_AGE: i64 = 60;

/// Query parameter that requests the list at a time in the past (draft-ietf-oauth-status-list-20 §8.4).
const TIME: &str = "time";
const NO_PAST: &str = "This server keeps no past status lists. Omit the parameter time to get the current list.";

/// Compresses lists for clients that accept gzip (§8.1).
pub(super) fn gzip() -> CompressionLayer<impl Predicate> {
    let is_list = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        headers.get(CONTENT_TYPE).is_some_and(|kind| kind == KIND)
    };
    CompressionLayer::new().br(false).compress_when(SizeAbove::default().and(is_list))
}

/// Answers the list as a signed token (draft-ietf-oauth-status-list-20 §8.2); 304 if the client already has it, 406 if
/// it accepts only the CBOR form, 501 if it requests a past list. During a database outage, lists are served from
/// memory until they expire.
pub(super) async fn status_list(
    State(service): State<Service>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let nowhere =
        || Problem::new(Code::NotFound, "There is no status list at this address. Use the address in the token.");
    if !takes(&headers, KIND) {
        return Err(Problem::not_acceptable(KIND));
    }
    if uri.query().is_some_and(|query| form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == TIME)) {
        return Err(Problem::with_status(StatusCode::NOT_IMPLEMENTED, NO_PAST));
    }
    let id = Uuid::try_parse(&id).map_err(|_| nowhere())?;
    let list = service.keys().status_list(id).await.map_err(|error| match error {
        Error::NotFound(_) => nowhere(),
        other => other.into(),
    })?;
    let good_for = (list.expires_at - service.clock().now()).num_seconds();
    // A weak tag, since it is the same for the list and its compressed form.
    let tag = format!("W/{}", tag(&list.token));
    let fresh = if assets::has(&headers, tag.trim_start_matches("W/")) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, KIND)], list.token.to_string()).into_response()
    };
    let cached = format!("public, max-age={}", MAX_AGE.min(good_for).max(0));
    Ok(([(ETAG, tag), (CACHE_CONTROL, cached), (VARY, "accept".to_owned())], fresh).into_response())
}
