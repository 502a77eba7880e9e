//! Policies.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use licensing::wire::Fields;
use service::{
    Outcome,
    store::{Cursor, policies::Policy},
};
use uuid::Uuid;

use super::{
    answer::{self, Items},
    call::{Call, PatchCall, marked},
    located::{TermsAt, located, unlocated},
    products::{product_filter, reached as reached_product},
    program::{Program, nothing, read_id},
    query::{Query, page_of},
    revision::IfMatch,
    wire::policy::{EDITABLE, EffectJson, PolicyJson, read_form, write_editable},
};
use crate::{
    AppState,
    api::{openapi::choice, problem::Problem},
};

async fn reached(state: &AppState, program: &Program, id: Uuid) -> Result<Policy, Problem> {
    let found = state.service.store().for_api().read().await?.on().policy(id).await?;
    found.filter(|policy| program.reaches(policy.product_id)).ok_or_else(nothing)
}

/// Reads the member `policy`: the policy of a new license. A policy out of reach is answered like one that does not exist.
/// Errors are recorded in `fields`.
pub(super) async fn policy_of(
    state: &AppState,
    program: &Program,
    fields: &mut Fields,
) -> Result<Option<Policy>, Problem> {
    let id = fields.id("policy");
    let Some(id) = fields.need("policy", id) else { return Ok(None) };
    let found = state.service.store().for_api().read().await?.on().policy(id).await?;
    let found = found.filter(|policy| program.reaches(policy.product_id));
    if found.is_none() {
        fields.note("policy", "does not exist, or this API token does not reach it");
    }
    Ok(found)
}

/// Returns policies, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/policies",
    operation_id = "listPolicies",
    tag = "policies",
    params(
        ("product" = inline(Option<String>), Query, description = "Id or code of a product."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of policies.", body = Items<PolicyJson>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    program: Program,
    mut query: Query,
) -> Result<Response, Problem> {
    let product = product_filter(&state, &program, query.fields()).await?;
    let page = query.page()?;
    let mut all = state.service.store().for_api().read().await?.on().policies(product).await?;
    all.retain(|row| program.reaches(row.policy.product_id));
    let place = |row: &Policy| Cursor { at: row.created_at, id: row.id };
    let all = all.into_iter().map(|row| row.policy).collect();
    let (rows, links) = page.turn(page_of(all, page.paging, page.size, place));
    Ok(answer::items(rows.into_iter().map(PolicyJson::from).collect(), links))
}

/// Creates a policy. Terms that are absent have their usual values.
#[utoipa::path(
    post,
    path = "/api/v1/admin/policies",
    operation_id = "createPolicy",
    tag = "policies",
    request_body = super::schemas::NewPolicy,
    responses((status = 201, description = "The policy.", body = PolicyJson)),
)]
pub(super) async fn create(State(state): State<AppState>, call: Call) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let product = fields.text("product");
    let product = fields.need("product", product);
    let form = read_form(&mut fields);
    let product = match product {
        Some(text) => Some(reached_product(&state, &call.program, &text).await),
        None => None,
    };
    if let Some(Err(_)) = product {
        fields.note("product", "does not exist, or this API token does not reach it");
    }
    unlocated(fields.end())?;
    let product = product.ok_or_else(nothing)??;
    let begun = call.begin(&state, call.program.of(product.id)?).await?;
    let create = state.service.licenses().create_policy(product.id, form, begun.actor());
    let outcome = begun.run_located(TermsAt::Terms, create).await?;
    let policy = match &outcome {
        Outcome::Done(policy) => policy.clone(),
        Outcome::Repeated(done) => reached(&state, &call.program, done.subject.ok_or_else(nothing)?).await?,
    };
    let (id, revision) = (policy.id, policy.revision);
    let created = answer::created(PolicyJson::from(policy), Some(revision), &format!("/api/v1/admin/policies/{id}"));
    Ok(marked(&outcome, created))
}

/// Returns a policy.
#[utoipa::path(
    get,
    path = "/api/v1/admin/policies/{id}",
    operation_id = "getPolicy",
    tag = "policies",
    params(("id" = Uuid, Path, description = "Id of the policy.")),
    responses((status = 200, description = "The policy.", body = PolicyJson)),
)]
pub(super) async fn get(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let policy = reached(&state, &program, read_id(&id)?).await?;
    let revision = policy.revision;
    Ok(answer::found(PolicyJson::from(policy), revision))
}

/// Changes a policy by a merge patch or a JSON Patch; with `dryRun=true`, returns the effect without changing anything.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/policies/{id}",
    operation_id = "changePolicy",
    tag = "policies",
    params(
        ("id" = Uuid, Path, description = "Id of the policy."),
        ("dryRun" = inline(Option<bool>), Query, description = "true to return only the effect."),
    ),
    request_body(content(
        (super::schemas::PolicyMembers = "application/merge-patch+json"),
        (super::schemas::JsonPatch = "application/json-patch+json"),
        (super::schemas::PolicyMembers = "application/json"),
    )),
    responses((status = 200, description = "The policy after the change, or the effect.", body = PolicyOrEffect)),
)]
pub(super) async fn change(
    State(state): State<AppState>,
    Path(id): Path<String>,
    mut query: Query,
    seen: IfMatch,
    call: PatchCall,
) -> Result<Response, Problem> {
    let dry_run = query.flag("dryRun").unwrap_or_default();
    query.end()?;
    let policy = reached(&state, &call.program, read_id(&id)?).await?;
    let (id, licenses) = (policy.id, state.service.licenses());
    let edited = |policy: &Policy| {
        seen.check(policy.revision)?;
        let mut fields = call.patch.edit(&write_editable(policy), &EDITABLE)?;
        let form = read_form(&mut fields);
        fields.end()?;
        Ok(form)
    };
    if dry_run {
        let in_terms = |error| located(error, TermsAt::Terms);
        let form = edited(&policy).map_err(in_terms)?;
        let effect = licenses.policy_effect(id, form).await.map_err(in_terms)?;
        return Ok(Json(EffectJson::from(effect)).into_response());
    }
    let begun = call.begin(&state, call.program.of(policy.product_id)?).await?;
    let outcome =
        begun.run_located(TermsAt::Terms, licenses.edit_policy(id, None, None, begun.actor(), edited)).await?;
    let policy = reached(&state, &call.program, id).await?;
    let revision = policy.revision;
    Ok(marked(&outcome, answer::found(PolicyJson::from(policy), revision)))
}

/// A policy, or the effect of a dry run.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "a type that only describes")]
enum PolicyOrEffect {
    #[schema(title = "Policy")]
    Policy(PolicyJson),
    #[schema(title = "Effect")]
    Effect(EffectJson),
}
