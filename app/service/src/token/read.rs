//! A token that comes back: whether it is one of ours.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, Validation, jwk::Jwk};
use serde::Deserialize;

use super::{Claims, LARGEST, TYPE};
use crate::{Service, keyring::token_algorithm};

/// The header that our tokens have, and not a member more: no `jku`, no `x5u`, no `jwk`, no `crit` (RFC 8725 §3.10).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

impl Service {
    /// What a license token says that this server signed, for whichever product. `None` for everything else: another
    /// server's, another type's, one that was tampered with, and one whose key was revoked. Whether it has expired, and
    /// whether its session is still there, is for the caller to look at.
    pub async fn read_token(&self, token: &str) -> Option<Claims> {
        if token.len() > LARGEST {
            return None;
        }
        let (header, _) = token.split_once('.')?;
        let Header { alg, typ, kid } = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        let (algorithm, jwk) = self.0.keyring.public_jwk(&kid).await?;
        if typ != TYPE || alg != algorithm.name() {
            return None;
        }
        let key = DecodingKey::from_jwk(&serde_json::from_value::<Jwk>(jwk).ok()?).ok()?;
        let mut rules = Validation::new(token_algorithm(algorithm));
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.set_issuer(&[self.issuer()]);
        // Of any product; and by our clock, not by the library's.
        (rules.validate_aud, rules.validate_exp, rules.validate_nbf) = (false, false, false);
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &rules).ok()?.claims;
        (claims.nbf <= self.clock().now().timestamp()).then_some(claims)
    }
}
