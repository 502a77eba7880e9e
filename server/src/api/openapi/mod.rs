//! `GET /api/openapi.json`: the public API as an OpenAPI 3.1 document.
//!
//! Each call is described at its handler, by `#[utoipa::path]`: the doc comment is its summary and description, and
//! `x-problems` lists its own problem codes. `finish` adds the rest of the rules: authentication, the problems that
//! several calls have in common, and the parts that belong to no single call. The server's address comes from the
//! settings.

pub(super) mod choice;
mod finish;
pub(super) mod schemas;
mod shared;

use std::sync::LazyLock;

use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use service::Service;
use utoipa::{PartialSchema, ToSchema, openapi::OpenApiBuilder};

use super::problem::{Problem, ProblemSchema};
use crate::routes::Routes;

/// The document, without the server's address.
pub(super) type Document = LazyLock<Value>;

/// Returns this document.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "document",
    tag = "machines",
    responses((status = 200, description = "An OpenAPI 3.1 document.", body = Object)),
)]
pub(super) async fn openapi(
    State(service): State<Service>,
    Extension(document): Extension<&'static Document>,
) -> Result<Response, Problem> {
    // The document is built from constants, so only a defect can make it empty.
    if document.is_null() {
        return Err(StatusCode::INTERNAL_SERVER_ERROR.into());
    }
    Ok(Json(with_server((*document).clone(), service.keys().issuer())).into_response())
}

fn with_server(mut document: Value, server: &str) -> Value {
    finish::set(&mut document, "", "servers", json!([{ "url": server }]));
    document
}

/// Builds the document from the calls.
pub(super) fn document(routes: &'static Routes) -> Value {
    let mut document = OpenApiBuilder::new().build();
    routes.describe(&mut document);
    let mut schemas = vec![(ProblemSchema::name().into_owned(), ProblemSchema::schema())];
    ProblemSchema::schemas(&mut schemas);
    document.components.get_or_insert_default().schemas.extend(schemas);
    let mut document = serde_json::to_value(document).unwrap_or_default();
    finish::finish(&mut document, &routes.table().collect::<Vec<_>>());
    document
}

#[cfg(test)]
mod tests;
