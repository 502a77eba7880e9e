//! `GET /licenses` and `GET /licenses/{id}`.

use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{reached, read_state};
use crate::{
    AppState,
    api::{
        manage::{
            answer::{self, Items},
            products::product_filter,
            program::{Program, read_id},
            query::Query,
            wire::license::LicenseJson,
        },
        problem::Problem,
    },
};

/// Returns licenses, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/licenses",
    operation_id = "listLicenses",
    tag = "licenses",
    params(
        ("q" = inline(Option<String>), Query, description = "Part of the customer, the address, the reference or the code's end; a whole code or fingerprint."),
        ("product" = inline(Option<String>), Query, description = "Id or code of a product."),
        ("policy" = inline(Option<String>), Query, description = "Id of a policy."),
        ("state" = inline(Option<String>), Query, description = "active, suspended or revoked."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<String>), Query, description = "newest or oldest."),
    ),
    responses((status = 200, description = "A page of licenses.", body = Items<LicenseJson>)),
)]
pub(in crate::api::manage) async fn list(
    State(state): State<AppState>,
    program: Program,
    mut query: Query,
) -> Result<Response, Problem> {
    let text = query.fields().text_or_empty("q");
    let product = product_filter(&state, &program, query.fields()).await?;
    let (policy, in_state) = (query.fields().id("policy"), query.fields().parse("state", read_state));
    let page = query.page()?;
    let mut filter = state.service.licenses().license_filter(&text).await?;
    filter.without_email = program.views() && state.config.hide_emails_from_viewers;
    filter.product_id = product;
    filter.policy_id = policy;
    filter.state = in_state;
    let now = state.service.clock().now();
    let mut reading = state.service.store().for_api().read().await?;
    let found = reading.on().licenses(&filter, page.paging, page.size, now).await?;
    let (mut rows, links) = page.turn(found);
    rows.retain(|row| program.reaches(row.license.product_id));
    Ok(answer::items(rows.into_iter().map(|row| LicenseJson::of(row, now)).collect(), links))
}

/// Returns a license.
#[utoipa::path(
    get,
    path = "/api/v1/admin/licenses/{id}",
    operation_id = "getLicense",
    tag = "licenses",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    responses((status = 200, description = "The license.", body = LicenseJson)),
)]
pub(in crate::api::manage) async fn get(
    State(state): State<AppState>,
    program: Program,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let row = reached(&state, &program, read_id(&id)?).await?;
    let revision = row.license.revision;
    Ok(answer::found(LicenseJson::of(row, state.service.clock().now()), revision))
}
