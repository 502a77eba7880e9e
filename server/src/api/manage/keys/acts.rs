//! Replacing signing keys.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use licensing::product::Algorithm;
use service::{Actor, KeyState, ListedKey, Outcome, store::products::Product};
use utoipa::ToSchema;

use super::{found, present, reached, written};
use crate::{
    AppState,
    api::{
        manage::{
            answer,
            call::{Call, marked, read_reason},
            located::unlocated,
            products::reached as reached_product,
            program::{Program, nothing},
            wire::{event::KeyJson, product::read_algorithm},
        },
        openapi::choice,
        problem::{Code, Problem},
    },
};

/// The keys that are replaced: those of an algorithm, for all products or for one only.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a type that only describes")]
pub(in crate::api::manage) struct Target {
    /// That of the product if it is absent.
    #[schema(inline, value_type = Option<choice::Algorithm>)]
    algorithm: Option<String>,
    /// Id or code of the only product that the key signs for. Absent for a key that all products share.
    product: Option<String>,
}

/// The highest number of devices that a request may name.
const MOST_DEVICES: u64 = i32::MAX as u64;

/// The reason for revoking a key, and its expected effect.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a type that only describes")]
pub(in crate::api::manage) struct Revocation {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// The highest number of devices that may hold a valid token of the key. If there are more, it is not revoked.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    devices: u64,
}

/// Signing keys.
#[derive(serde::Serialize, ToSchema)]
#[schema(as = PregeneratedKeys)]
pub(in crate::api::manage) struct KeysJson {
    /// The keys, in the order in which they will sign.
    items: Vec<KeyJson>,
}

/// Creates the next signing key. It is published at once, and signs ten minutes later.
#[utoipa::path(
    post,
    path = "/api/v1/admin/keys/rotate",
    operation_id = "rotateKey",
    tag = "keys",
    request_body = Target,
    responses((status = 201, description = "The next key.", body = KeyJson)),
)]
pub(in crate::api::manage) async fn rotate(State(state): State<AppState>, call: Call) -> Result<Response, Problem> {
    let (algorithm, product, actor) = read_target(&state, &call).await?;
    let begun = call.begin(&state, actor).await?;
    let product = product.map(|product| product.id);
    let outcome = begun.run(state.service.keys().rotate_key(algorithm, product, begun.actor())).await?;
    let kid = match &outcome {
        Outcome::Done((kid, _)) => kid.clone(),
        Outcome::Repeated(done) => {
            let event = state.service.store().for_api().read().await?.on().event(done.event).await?;
            event.ok_or_else(nothing)?.subject_name
        }
    };
    let key = present(&state, found(&state, &call.program, &kid).await?).await?;
    Ok(marked(&outcome, answer::created(key, None, &format!("/api/v1/admin/keys/{kid}"))))
}

/// Creates the next two signing keys in advance, unless they exist, so that software can pin them.
#[utoipa::path(
    post,
    path = "/api/v1/admin/keys/pregenerate",
    operation_id = "pregenerateKeys",
    tag = "keys",
    request_body = Target,
    responses((status = 200, description = "The keys that will sign next.", body = KeysJson)),
)]
pub(in crate::api::manage) async fn pregenerate(
    State(state): State<AppState>,
    call: Call,
) -> Result<Response, Problem> {
    let (algorithm, product, actor) = read_target(&state, &call).await?;
    let begun = call.begin(&state, actor).await?;
    let id = product.as_ref().map(|product| product.id);
    let outcome = begun.run(state.service.keys().make_keys_ahead(algorithm, id, begun.actor())).await?;
    let code = product.map(|product| product.code);
    let waits =
        |key: &ListedKey| key.algorithm == algorithm && key.product == code && matches!(key.state, KeyState::Ahead(_));
    let keys = reached(&state, &call.program).await?.into_iter().filter(waits).collect();
    Ok(marked(&outcome, Json(KeysJson { items: written(&state, keys).await? }).into_response()))
}

/// Stops signing with a key. It stays published until its last token has expired, so no device is affected.
#[utoipa::path(
    post,
    path = "/api/v1/admin/keys/{kid}/retire",
    operation_id = "retireKey",
    tag = "keys",
    params(("kid" = String, Path, description = "Id of the key.")),
    request_body = super::super::schemas::Reason,
    responses((status = 200, description = "The key.", body = KeyJson)),
)]
pub(in crate::api::manage) async fn retire(
    State(state): State<AppState>,
    Path(kid): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let actor = actor_on(&state, &call.program, &kid).await?;
    let reason = call.reason()?;
    let begun = call.begin(&state, actor).await?;
    let outcome = begun.run(state.service.keys().retire_key(&kid, Some(&reason), begun.actor())).await?;
    answered(&state, &call.program, &kid, &outcome).await
}

/// Removes a key from the key set. No token that it signed can be verified any longer: the devices must request new ones.
#[utoipa::path(
    post,
    path = "/api/v1/admin/keys/{kid}/revoke",
    operation_id = "revokeKey",
    tag = "keys",
    params(("kid" = String, Path, description = "Id of the key.")),
    request_body = Revocation,
    responses((status = 200, description = "The key.", body = KeyJson)),
)]
pub(in crate::api::manage) async fn revoke(
    State(state): State<AppState>,
    Path(kid): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let actor = actor_on(&state, &call.program, &kid).await?;
    let mut fields = call.fields()?;
    let reason = read_reason(&mut fields);
    let devices = fields.number("devices", 0..=MOST_DEVICES);
    fields.need("devices", devices);
    unlocated(fields.end())?;
    let begun = call.begin(&state, actor).await?;
    let outcome = begun.run(state.service.keys().revoke_key(&kid, &reason, devices, begun.actor())).await?;
    answered(&state, &call.program, &kid, &outcome).await
}

/// Reads which keys are replaced. Returns them with the actor, which must reach their products.
async fn read_target(state: &AppState, call: &Call) -> Result<(Algorithm, Option<Product>, Actor), Problem> {
    let mut fields = call.fields()?;
    let (algorithm, names_product) = (fields.parse("algorithm", read_algorithm), fields.has("product"));
    let product = match fields.text("product") {
        Some(text) => match reached_product(state, &call.program, &text).await {
            Ok(product) => Some(product),
            Err(problem) if problem.code() == Code::NotFound => {
                fields.note("product", "does not exist, or this API token does not reach it");
                None
            }
            Err(problem) => return Err(problem),
        },
        None => None,
    };
    let algorithm = algorithm.or(product.as_ref().map(|product| product.algorithm));
    if !names_product {
        fields.need("algorithm", algorithm);
    }
    unlocated(fields.end())?;
    let actor = match &product {
        Some(product) => call.program.of(product.id)?,
        None => call.program.of_all()?,
    };
    Ok((algorithm.ok_or_else(nothing)?, product, actor))
}

/// Returns the actor for an act on this key. A shared key concerns all products.
async fn actor_on(state: &AppState, program: &Program, kid: &str) -> Result<Actor, Problem> {
    match found(state, program, kid).await?.product {
        Some(code) => program.of(reached_product(state, program, &code).await?.id),
        None => program.of_all(),
    }
}

/// Answers a key in its present state.
async fn answered<T>(
    state: &AppState,
    program: &Program,
    kid: &str,
    outcome: &Outcome<T>,
) -> Result<Response, Problem> {
    let key = present(state, found(state, program, kid).await?).await?;
    Ok(marked(outcome, Json(key).into_response()))
}
