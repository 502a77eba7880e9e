//! `POST /api/v1/activations/license`: activates like `/jwt`, and adds the public key, vendor details and product to
//! the token.

use axum::{Json, extract::State, response::Response};
use licensing::feature::FeatureValues;
use serde::Serialize;
use service::{Activated, store::provider::Provider};
use uuid::Uuid;

use super::{activate::activate, answer::granted, dry_run::dry_run, request::Asked};
use crate::{
    AppState,
    api::{key::Key, problem::Problem},
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
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct License {
    license_token: String,
    /// Public key that verifies the token: base64 of its DER SubjectPublicKeyInfo, which most libraries can import.
    token_public_key_base64: String,
    version: &'static str,
    legal_notice: Option<String>,
    copyright: Option<String>,
    provider_url: Option<String>,
    provider_email: Option<String>,
    description: Option<String>,
    licensed_products: [Product; 1],
    /// The decision behind the grant; a repeat that changes nothing names the decision of the grant that it repeats.
    decision: Uuid,
}

#[derive(Serialize)]
struct Product {
    code: String,
    name: String,
    features: FeatureValues,
}

/// Answers the token with its public key, the vendor's details and the licensed product.
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
