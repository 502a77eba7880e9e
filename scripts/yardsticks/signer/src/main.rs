//! A yardstick for the benchmarks: takes an activation request, signs a token of the size of Latchkey's, and stores
//! nothing. `signer PORT` listens on loopback.

use std::{env, error::Error, net::Ipv4Addr, sync::Arc};

use aws_lc_rs::{
    digest,
    encoding::AsDer as _,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use mimalloc::MiMalloc;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The allocator of the server that this is compared with.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Activation {
    activation_code: String,
    fingerprint: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    sid: &'a str,
    jti: &'a str,
    iat: u64,
    nbf: u64,
    exp: u64,
    fingerprint: String,
    license: Value,
    status: Value,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = env::args().nth(1).ok_or("usage: signer PORT")?.parse()?;
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
    let key = Arc::new(EncodingKey::from_ec_der(pair.to_pkcs8v1()?.as_ref()));
    drop(pair.private_key().as_der()?);
    let app = Router::new()
        .route("/health/ready", axum::routing::get(|| async { StatusCode::OK }))
        .route("/api/v1/activations/jwt", post(sign))
        .with_state(key);
    axum::serve(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?, app).await?;
    Ok(())
}

async fn sign(State(key): State<Arc<EncodingKey>>, Json(asked): Json<Activation>) -> Result<Json<String>, StatusCode> {
    let hash = digest::digest(&digest::SHA256, asked.fingerprint.as_bytes());
    let hex = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let claims = Claims {
        iss: "http://127.0.0.1",
        aud: "plain",
        sub: "01a2283e-d147-7538-8000-063de256cc35",
        sid: "01a2283e-d147-75d8-8000-0733af4262f3",
        jti: &asked.activation_code,
        iat: 1_800_000_000,
        nbf: 1_800_000_000,
        exp: 1_803_000_000,
        fingerprint: hex,
        license: json!({ "policy": "Plain", "customer": "Ada Adeyemi", "seats": 3, "grace_until": 1_803_600_000, "features": {} }),
        status: json!({ "status_list": { "idx": 123_456, "uri": "http://127.0.0.1/api/v1/status-lists/01a2283e" } }),
    };
    let header = Header { kid: Some("hYz0TQ6mVvRk5sX1".to_owned()), ..Header::new(Algorithm::ES256) };
    encode(&header, &claims, &key).map(Json).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
