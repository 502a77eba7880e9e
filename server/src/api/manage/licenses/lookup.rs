//! `POST /licenses/lookup`: finds licenses by something secret, which must not be in an address.

use axum::{extract::State, response::Response};
use licensing::Invalid;
use service::store::{Paging, licenses::LicenseFilter};

use crate::{
    AppState,
    api::{
        manage::{
            answer::{self, Items},
            call::Call,
            located::unlocated,
            query::PageLinks,
            wire::license::LicenseJson,
        },
        problem::Problem,
    },
};

/// Maximum number of licenses with one fingerprint that are returned.
const MOST: usize = 100;

/// Returns the licenses with this activation code, or with a device of this fingerprint.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/lookup",
    operation_id = "lookUpLicenses",
    tag = "licenses",
    request_body = super::super::schemas::Lookup,
    responses((status = 200, description = "The licenses; none if nothing is found.", body = Items<LicenseJson>)),
)]
pub(in crate::api::manage) async fn look_up(State(state): State<AppState>, call: Call) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let (code, fingerprint) = (fields.text("code"), fields.fingerprint("fingerprint"));
    unlocated(fields.end())?;
    let filter = match (code, fingerprint) {
        (Some(code), None) => {
            // Only as a code: a text search would answer to parts of one.
            let found = state.service.licenses().license_filter(&code).await?;
            LicenseFilter { code_hmac: found.code_hmac, ..LicenseFilter::default() }
        }
        (None, Some(fingerprint)) => {
            LicenseFilter { fingerprint_hash: Some(fingerprint.digest()), ..LicenseFilter::default() }
        }
        _ => return Err(Invalid::one("", "must have exactly one of the members code and fingerprint").into()),
    };
    let now = state.service.clock().now();
    let mut rows = vec![];
    if filter.code_hmac.is_some() || filter.fingerprint_hash.is_some() {
        let mut reading = state.service.store().for_api().read().await?;
        rows = reading.on().licenses(&filter, Paging::First, MOST, now).await?.rows;
    }
    rows.retain(|row| call.program.reaches(row.license.product_id));
    let found = rows.into_iter().map(|row| LicenseJson::of(row, now)).collect();
    Ok(answer::items(found, PageLinks { next: None, previous: None, header: None }))
}
