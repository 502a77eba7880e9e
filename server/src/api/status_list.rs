//! `GET /status-lists/{id}`: the tokens that were revoked or suspended before they expire
//! (draft-ietf-oauth-status-list-20 §8.2).
//!
//! Clients that accept only the CBOR form get 406. During a database outage, lists are served from memory until they
//! expire.

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
    openapi::schemas::Token,
    problem::{Code, Problem, ProblemSchema, takes},
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

/// Returns the signed list of revoked and suspended tokens (draft-ietf-oauth-status-list).
#[utoipa::path(
    get,
    path = "/status-lists/{id}",
    operation_id = "statusList",
    tag = "machines",
    params(("id" = Uuid, Path)),
    responses(
        (
            status = 200,
            description = "The status list token, compressed for clients that accept gzip. Each token contains its address in the claim status.status_list.uri.",
            body = Token,
            content_type = KIND,
        ),
        (status = 304, description = "Not modified: the client already has the current version."),
        (
            status = 406,
            description = "The Accept header excludes this content type.",
            body = ProblemSchema,
            content_type = "application/problem+json",
        ),
        (
            status = 501,
            description = "The parameter time requests a past list, and the server keeps none.",
            body = ProblemSchema,
            content_type = "application/problem+json",
        ),
    ),
    extensions(("x-problems" = json!([Code::InvalidRequest, Code::NotFound, Code::Unavailable]))),
)]
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
