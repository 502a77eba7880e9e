//! `POST /api/v1/activations/license`: activates like `/jwt`, and adds the public key, vendor details and product to
//! the token.

use axum::{Json, extract::State, response::Response};
use licensing::feature::FeatureValues;
use serde::Serialize;
use service::{Activated, store::provider::Provider};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    activate::activate,
    answer::granted,
    dry_run::{DryRun, DryRunQuery, dry_run},
    request::Asked,
};
use crate::{
    AppState,
    api::{
        key::Key,
        openapi::schemas::{ActivationRequest, Decision, FeatureValue, Token},
        problem::{Code, Problem, sets::RENEWAL_REFUSALS},
    },
};

/// Version of the license object below. Members may be added under the same version; removing one or changing its
/// meaning requires a new version.
const VERSION: &str = "1";

/// Builds the response of a call that returns a token with its license object.
pub(in crate::api) fn answer(
    state: &AppState,
    provider: &Provider,
    activated: Activated,
    token: String,
) -> Result<Response, Problem> {
    let Provider { name: _, email, url, description, copyright, legal_notice, revision: _ } = provider.clone();
    let (code, name) = (activated.product_code, activated.product_name);
    Ok(granted(
        activated.decision,
        Json(License {
            token_public_key_base64: state.service.keys().public_key_of(&token)?,
            license_token: token,
            version: VERSION,
            legal_notice,
            copyright,
            provider_url: url,
            provider_email: email,
            description,
            licensed_products: [Product { code, name, features: activated.snapshot.features }],
            decision: activated.decision,
        }),
    ))
}

/// License object for the software to store. Vendor details that are not set are `null`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::api) struct License {
    #[schema(value_type = Token)]
    license_token: String,
    /// The key that verifies the token: base64 of its DER SubjectPublicKeyInfo.
    token_public_key_base64: String,
    version: &'static str,
    legal_notice: Option<String>,
    copyright: Option<String>,
    provider_url: Option<String>,
    provider_email: Option<String>,
    description: Option<String>,
    #[schema(inline, value_type = Vec<Product>)]
    licensed_products: [Product; 1],
    /// The decision behind the grant; a repeat that changes nothing names the decision of the grant that it repeats.
    #[schema(value_type = Decision, required = false)]
    decision: Uuid,
}

#[derive(Serialize, ToSchema)]
struct Product {
    code: String,
    name: String,
    #[schema(value_type = BTreeMap<String, FeatureValue>)]
    features: FeatureValues,
}

/// The license with its token, or the expected outcome of a dry run.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only describes")]
enum LicenseOrDryRun {
    License(License),
    DryRun(DryRun),
}

/// Activates a license, and returns its details with the token.
#[utoipa::path(
    post,
    path = "/api/v1/activations/license",
    operation_id = "activateWithLicense",
    tag = "activations",
    security((), ("accessToken" = [])),
    params(Key, DryRunQuery),
    request_body = ActivationRequest,
    responses((
        status = 200,
        description = "The token, the key that verifies it, and details of the vendor and the product. For a dry run, the expected outcome.",
        headers(("Latchkey-Decision")),
        body = inline(LicenseOrDryRun),
    )),
    extensions(("x-problems" = json!([
        RENEWAL_REFUSALS,
        Code::InvalidToken,
        Code::EmailRequired,
        Code::SessionNotFound,
        Code::RateLimited,
        Code::Unavailable,
    ]))),
)]
pub(in crate::api) async fn license(
    State(state): State<AppState>,
    key: Key,
    Asked { activation, dry }: Asked,
) -> Result<Response, Problem> {
    if dry {
        return Box::pin(dry_run(&state, activation)).await;
    }
    // Read before activating: if this failed afterwards, a seat would be taken and no response sent.
    let provider = state.service.vendor().provider().await?;
    let (activated, token) = activate(&state, key, activation).await?;
    answer(&state, &provider, activated, token)
}
