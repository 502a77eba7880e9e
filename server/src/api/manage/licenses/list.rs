//! `GET /licenses` and `GET /licenses/{id}`.

use axum::{
    extract::{Path, State},
    response::Response,
};
use service::store::licenses::{LicenseFilter, Sort, SortBy};

use super::{filter::read_filter, present, reached, written};
use crate::{
    AppState,
    api::{
        manage::{
            answer::{self, Items},
            program::{Program, read_id},
            query::Query,
            wire::license::LicenseJson,
        },
        openapi::choice,
        problem::Problem,
    },
};

/// Returns licenses, newest first. A page may have fewer items than its limit although there are more.
#[utoipa::path(
    get,
    path = "/api/v1/admin/licenses",
    operation_id = "listLicenses",
    tag = "licenses",
    params(
        ("q" = inline(Option<String>), Query, description = "Part of the customer, the address, the reference or the code's end; a whole code or fingerprint."),
        ("product" = inline(Option<String>), Query, description = "Id or code of a product."),
        ("policy" = inline(Option<String>), Query, description = "Id of a policy."),
        ("customer" = inline(Option<String>), Query, description = "The whole name of the customer, in any case."),
        ("email" = inline(Option<String>), Query, description = "The whole e-mail address of the customer, in any case."),
        ("reference" = inline(Option<String>), Query, description = "The whole reference, in any case."),
        ("tag" = inline(Option<String>), Query, description = "A tag."),
        ("state" = inline(Option<choice::LicenseState>), Query, description = "State of the license."),
        ("standing" = inline(Option<choice::Standing>), Query, description = "State of the license as lists show it."),
        ("seats" = inline(Option<choice::Seats>), Query, description = "free for licenses with a free seat, full for those without, over for those with more devices than seats."),
        ("neverActivated" = inline(Option<bool>), Query, description = "true for licenses that no device has activated."),
        ("endsAfter" = inline(Option<String>), Query, description = "A time, a day such as 2027-03-12, or days from now such as 30d."),
        ("endsBefore" = inline(Option<String>), Query, description = "As endsAfter."),
        ("seenAfter" = inline(Option<String>), Query, description = "As endsAfter, for the last request of a device."),
        ("seenBefore" = inline(Option<String>), Query, description = "As seenAfter."),
        ("createdAfter" = inline(Option<String>), Query, description = "As endsAfter, for the creation of the license."),
        ("createdBefore" = inline(Option<String>), Query, description = "As createdAfter."),
        ("batch" = inline(Option<String>), Query, description = "Id of the job that created the licenses."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of licenses.", body = Items<LicenseJson>)),
)]
pub(in crate::api::manage) async fn list(
    State(state): State<AppState>,
    program: Program,
    mut query: Query,
) -> Result<Response, Problem> {
    let (_, filter) = read_filter(&state, &program, query.fields()).await?;
    let page = query.page()?;
    // Without an order, some filters would choose one.
    let sort = Some(Sort { by: SortBy::Created, descending: true });
    let filter = LicenseFilter { sort, ..filter };
    let now = state.service.clock().now();
    let mut reading = state.service.store().for_api().read().await?;
    let found = reading.on().licenses(&filter, page.paging, page.size, now).await?;
    let (rows, links) = page.turn(found);
    Ok(answer::items(written(&state, &mut reading, rows).await?, links))
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
    let license = present(&state, row.license.id).await?;
    let revision = license.revision();
    Ok(answer::found(license, revision))
}
