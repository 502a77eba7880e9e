//! Tags of a license, one at a time.

use axum::{
    extract::{Path, State},
    response::Response,
};
use licensing::{Invalid, tag::tag};
use service::TagChange;

use super::reached;
use crate::{
    AppState,
    api::{
        manage::{
            answer,
            call::{Call, marked},
            program::read_id,
        },
        problem::Problem,
    },
};

/// Adds a tag to a license, if it does not have it.
#[utoipa::path(
    put,
    path = "/api/v1/admin/licenses/{id}/tags/{tag}",
    operation_id = "addTag",
    tag = "licenses",
    params(
        ("id" = Uuid, Path, description = "Id of the license."),
        ("tag" = String, Path, description = "The tag: 1 to 40 characters without a comma."),
    ),
    responses((status = 204, description = "The license has the tag.")),
)]
pub(in crate::api::manage) async fn add(
    State(state): State<AppState>,
    Path((id, tag)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    change(&state, (&id, &tag), TagChange::Add, &call).await
}

/// Removes a tag from a license, if it has it.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/licenses/{id}/tags/{tag}",
    operation_id = "removeTag",
    tag = "licenses",
    params(
        ("id" = Uuid, Path, description = "Id of the license."),
        ("tag" = String, Path, description = "The tag."),
    ),
    responses((status = 204, description = "The license does not have the tag.")),
)]
pub(in crate::api::manage) async fn remove(
    State(state): State<AppState>,
    Path((id, tag)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    change(&state, (&id, &tag), TagChange::Remove, &call).await
}

async fn change(
    state: &AppState,
    (id, text): (&str, &str),
    change: fn(String) -> TagChange,
    call: &Call,
) -> Result<Response, Problem> {
    let id = read_id(id)?;
    let row = reached(state, &call.program, id).await?;
    let tag = tag(text).map_err(|error| Invalid::one("tag", error.to_string()))?;
    call.empty()?;
    let begun = call.begin(state, call.program.of(row.license.product_id)?).await?;
    let outcome = begun.run(state.service.licenses().change_tags(id, change(tag), begun.actor())).await?;
    Ok(marked(&outcome, answer::nothing_more()))
}
