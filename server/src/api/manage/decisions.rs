//! Decisions, explained rule by rule.

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use licensing::wire::Fields;
use service::{
    Error,
    store::decisions::{DecisionFilter, Outcome},
};
use uuid::Uuid;

use super::{
    answer::{self, Items},
    products::product_filter,
    program::{Program, nothing, read_id},
    query::Query,
    wire::decision::DecisionJson,
};
use crate::{
    AppState,
    api::{openapi::choice, problem::Problem},
};

/// Returns `true` if the token reaches the product of a decision. Decisions on unknown codes have none.
fn reaches(program: &Program, product: Option<Uuid>) -> bool {
    product.map_or_else(|| program.reaches_all(), |product| program.reaches(product))
}

/// Returns decisions, newest first. A page may have fewer items than its limit although there are more.
#[utoipa::path(
    get,
    path = "/api/v1/admin/decisions",
    operation_id = "listDecisions",
    tag = "decisions",
    params(
        ("outcome" = inline(Option<choice::Verdict>), Query, description = "Outcome of the decision."),
        ("code" = inline(Option<String>), Query, description = "Problem code of refusals."),
        ("rule" = inline(Option<String>), Query, description = "Rule of refusals."),
        ("license" = inline(Option<Uuid>), Query, description = "Id of a license."),
        ("product" = inline(Option<String>), Query, description = "Id or code of a product."),
        ("q" = inline(Option<String>), Query, description = "Part of the code's end, the address or the device's name."),
        ("since" = inline(Option<String>), Query, description = "A time."),
        ("until" = inline(Option<String>), Query, description = "A time."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of decisions.", body = Items<DecisionJson>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    program: Program,
    mut query: Query,
) -> Result<Response, Problem> {
    let filter = read_filter(&state, &program, query.fields()).await?;
    let page = query.page()?;
    let found = state.service.store().for_api().read().await?.on().decisions(&filter, page.paging, page.size).await?;
    let (rows, links) = page.turn(found);
    Ok(answer::items(rows.into_iter().map(DecisionJson::from).collect(), links))
}

/// Reads a filter of decisions, limited to the products that the token reaches. Errors are recorded in `fields`.
pub(super) async fn read_filter(
    state: &AppState,
    program: &Program,
    fields: &mut Fields,
) -> Result<DecisionFilter, Problem> {
    let product_id = product_filter(state, program, fields).await?;
    Ok(DecisionFilter {
        outcome: fields.parse("outcome", |text| match text {
            "granted" => Ok(Outcome::Granted),
            "refused" => Ok(Outcome::Refused),
            _ => Err("must be granted or refused"),
        }),
        code: fields.text("code"),
        rule: fields.text("rule"),
        license_id: fields.id("license"),
        products: if product_id.is_some() { vec![] } else { program.products().to_vec() },
        product_id,
        fingerprint_hash: None,
        text: fields.text("q"),
        without_email: program.views() && state.config.hide_emails_from_viewers,
        since: fields.time("since"),
        until: fields.time("until"),
    })
}

/// Returns a decision with the verdict of each rule.
#[utoipa::path(
    get,
    path = "/api/v1/admin/decisions/{id}",
    operation_id = "getDecision",
    tag = "decisions",
    params(("id" = Uuid, Path, description = "Id of the decision.")),
    responses((status = 200, description = "The decision.", body = DecisionJson)),
)]
pub(super) async fn get(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
) -> Result<Json<DecisionJson>, Problem> {
    match state.service.decisions().decision(read_id(&id)?).await {
        Ok(found) if reaches(&program, found.row.product_id) => Ok(Json(found.into())),
        Ok(_) | Err(Error::NotFound(_)) => Err(nothing()),
        Err(error) => Err(error.into()),
    }
}
