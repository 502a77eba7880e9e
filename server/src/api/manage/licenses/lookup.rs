//! `POST /licenses/lookup`: finds licenses by something secret, which must not be in an address.

use axum::{extract::State, response::Response};
use licensing::Invalid;
use service::store::{Paging, licenses::LicenseFilter};

use super::written;
use crate::{
    AppState,
    api::{
        manage::{
            answer::{self, Items},
            call::ReadingCall,
            located::unlocated,
            program::Program,
            query::PageLinks,
            wire::license::LicenseJson,
        },
        problem::Problem,
    },
};

/// Maximum number of licenses with one fingerprint that are returned.
const MOST: usize = 100;

/// Returns the licenses with this activation code, with a device of this fingerprint, or of this token. The token may
/// have expired.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/lookup",
    operation_id = "lookUpLicenses",
    tag = "licenses",
    request_body = super::schemas::Lookup,
    responses((status = 200, description = "The licenses; none if nothing is found.", body = Items<LicenseJson>)),
    extensions(("x-only-reads" = json!(true))),
)]
pub(in crate::api::manage) async fn look_up(
    State(state): State<AppState>,
    ReadingCall(call): ReadingCall,
) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let (code, token, fingerprint) = (fields.text("code"), fields.text("token"), fields.fingerprint("fingerprint"));
    unlocated(fields.end())?;
    let filter = match (code, fingerprint, token) {
        (None, None, Some(token)) => return of_token(&state, &call.program, &token).await,
        (Some(code), None, None) => {
            // Only as a code: a text search would answer to parts of one.
            let found = state.service.licenses().license_filter(&code).await?;
            LicenseFilter { code_hmac: found.code_hmac, ..LicenseFilter::default() }
        }
        (None, Some(fingerprint), None) => {
            LicenseFilter { fingerprint_hash: Some(fingerprint.digest()), ..LicenseFilter::default() }
        }
        _ => return Err(Invalid::one("", "must have exactly one of the members code, token and fingerprint").into()),
    };
    let now = state.service.clock().now();
    let mut found = vec![];
    if filter.code_hmac.is_some() || filter.fingerprint_hash.is_some() {
        let filter = LicenseFilter { products: call.program.products().to_vec(), ..filter };
        let mut reading = state.service.store().for_api().read().await?;
        let rows = reading.on().licenses(&filter, Paging::First, MOST, now).await?.rows;
        found = written(&state, &mut reading, rows).await?;
    }
    Ok(answer::items(found, NO_LINKS))
}

const NO_LINKS: PageLinks = PageLinks { next: None, previous: None, header: None };

/// Answers the license of a token that this server signed.
async fn of_token(state: &AppState, program: &Program, token: &str) -> Result<Response, Problem> {
    let now = state.service.clock().now();
    let mut rows = vec![];
    if let Some(claims) = state.service.keys().read_token(token).await {
        rows.extend(state.service.store().for_api().read().await?.on().license(claims.sub, now).await?);
    }
    rows.retain(|row| program.reaches(row.license.product_id));
    let mut reading = state.service.store().for_api().read().await?;
    Ok(answer::items(written(state, &mut reading, rows).await?, NO_LINKS))
}
