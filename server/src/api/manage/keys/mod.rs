//! Signing keys: their public halves, and how they are replaced.

pub(super) mod acts;

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use service::{ListedKey, store::Cursor};
use uuid::Uuid;

use super::{
    answer::{self, Items},
    program::{Program, nothing},
    query::{Query, page_of},
    wire::{event::KeyJson, product::read_algorithm},
};
use crate::{
    AppState,
    api::{openapi::choice, problem::Problem},
};

/// Returns the keys that the token reaches: the shared ones, and those of its products.
async fn reached(state: &AppState, program: &Program) -> Result<Vec<ListedKey>, Problem> {
    let mut keys = state.service.keys().signing_keys().await?;
    let products = state.service.store().for_api().read().await?.on().products().await?;
    let reaches = |code: &String| products.iter().any(|it| it.code == *code && program.reaches(it.id));
    keys.retain(|key| key.product.as_ref().is_none_or(reaches));
    Ok(keys)
}

/// Returns signing keys, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/keys",
    operation_id = "listKeys",
    tag = "keys",
    params(
        ("algorithm" = inline(Option<choice::Algorithm>), Query, description = "Signature algorithm."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of keys.", body = Items<KeyJson>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    program: Program,
    mut query: Query,
) -> Result<Response, Problem> {
    let algorithm = query.fields().parse("algorithm", read_algorithm);
    let page = query.page()?;
    let mut all = reached(&state, &program).await?;
    all.retain(|key| algorithm.is_none_or(|wanted| key.algorithm == wanted));
    let place = |key: &ListedKey| Cursor { at: key.created_at, id: place_of(&key.kid) };
    let (rows, links) = page.turn(page_of(all, page.paging, page.size, place));
    Ok(answer::items(written(&state, rows).await?, links))
}

/// Writes keys with their public halves.
async fn written(state: &AppState, keys: Vec<ListedKey>) -> Result<Vec<KeyJson>, Problem> {
    let mut public = state.service.keys().public_keys().await?;
    let with_public = |key: ListedKey| {
        let half = public.remove(&key.kid)?;
        Some(KeyJson::of(key, half))
    };
    Ok(keys.into_iter().filter_map(with_public).collect())
}

/// The place of a key among those that were created at the same time, as keys that are created in advance are: the
/// beginning of its id, which is a hash.
fn place_of(kid: &str) -> Uuid {
    kid.as_bytes().first_chunk().map_or(Uuid::nil(), |bytes| Uuid::from_bytes(*bytes))
}

/// Returns a signing key.
#[utoipa::path(
    get,
    path = "/api/v1/admin/keys/{kid}",
    operation_id = "getKey",
    tag = "keys",
    params(("kid" = String, Path, description = "Id of the key.")),
    responses((status = 200, description = "The key.", body = KeyJson)),
)]
pub(super) async fn get(
    State(state): State<AppState>,
    program: Program,
    Path(kid): Path<String>,
) -> Result<Json<KeyJson>, Problem> {
    let key = found(&state, &program, &kid).await?;
    present(&state, key).await.map(Json)
}

/// Returns the key with this id, if the token reaches it.
async fn found(state: &AppState, program: &Program, kid: &str) -> Result<ListedKey, Problem> {
    reached(state, program).await?.into_iter().find(|key| key.kid == kid).ok_or_else(nothing)
}

async fn present(state: &AppState, key: ListedKey) -> Result<KeyJson, Problem> {
    written(state, vec![key]).await?.pop().ok_or_else(nothing)
}
