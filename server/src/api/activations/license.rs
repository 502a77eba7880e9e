//! `POST /api/v1/activations/license`: activates like `/jwt`, and says what goes with the token.

use axum::{Json, extract::State, response::Response};
use licensing::feature::FeatureValues;
use serde::Serialize;
use service::{Activated, store::provider::Provider};
use uuid::Uuid;

use super::{Asked, activate, dry_run::dry_run, granted};
use crate::{
    AppState,
    api::{key::Key, problem::Problem},
};

/// The version of the license object below. Members may be added under the same version; none is removed or gets another
/// meaning without a new one.
const VERSION: &str = "1";

/// The answer of a call that gives a token, with what goes with it.
pub(in crate::api) fn answer(
    state: &AppState,
    provider: &Provider,
    activated: Activated,
    token: String,
) -> Result<Response, Problem> {
    let Provider { name: _, email, url, description, copyright, legal_notice } = provider.clone();
    let (code, name) = (activated.product_code, activated.product_name);
    Ok(granted(
        activated.decision,
        Json(License {
            token_public_key_base64: state.service.public_key_of(&token)?,
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

/// A license for the software to keep. What the provider has not said is `null`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct License {
    license_token: String,
    /// The key that verifies the token: base64 of its SubjectPublicKeyInfo in DER, as most libraries import it.
    token_public_key_base64: String,
    version: &'static str,
    legal_notice: Option<String>,
    copyright: Option<String>,
    provider_url: Option<String>,
    provider_email: Option<String>,
    description: Option<String>,
    licensed_products: [Product; 1],
    /// The decision behind it; a repeat that changes nothing names that of the grant it repeats.
    decision: Uuid,
}

#[derive(Serialize)]
struct Product {
    code: String,
    name: String,
    features: FeatureValues,
}

/// Answers the token together with its public key, the provider's particulars and the licensed product.
pub(in crate::api) async fn license(
    State(state): State<AppState>,
    key: Key,
    Asked { activation, dry }: Asked,
) -> Result<Response, Problem> {
    if dry {
        return Box::pin(dry_run(&state, activation)).await;
    }
    // Read first: were it to fail afterwards, a seat would be taken without an answer.
    let provider = state.service.provider().await?;
    let (activated, token) = activate(&state, key, activation).await?;
    answer(&state, &provider, activated, token)
}
