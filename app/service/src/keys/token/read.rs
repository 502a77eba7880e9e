//! Verifying tokens that this server signed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use jsonwebtoken::{DecodingKey, Validation, jwk::Jwk};
use serde::{Deserialize, de::DeserializeOwned};

use super::{Claims, LARGEST, SessionClaims, TYPE, VerifiedTokens};
use crate::{Keys, keys::pair::token_algorithm};

/// The header of our tokens. Any other member, such as `jku`, `x5u`, `jwk` or `crit`, is refused (RFC 8725 §3.10), which
/// jsonwebtoken's `decode_header` cannot do: it does not list the members.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

impl Keys {
    /// Returns the claims of a license token that this server signed, for any product. `None` for everything else: a
    /// token of another server or another type, one that was tampered with, and one whose key was revoked. The caller
    /// must check whether it has expired and whether its session still exists.
    pub async fn read_token(&self, token: &str) -> Option<Claims> {
        let claims: Claims = self.verified(token, TYPE).await?;
        (claims.nbf <= self.clock.now().timestamp()).then_some(claims)
    }

    /// Returns the claims by which a license token authenticates its session, under the same conditions.
    pub(crate) async fn session_claims(&self, token: &str) -> Option<SessionClaims> {
        let hash = VerifiedTokens::hash(token);
        let claims = match self.verified_tokens.get(&hash, |kid| self.keyring.is_usable(kid)) {
            Some(claims) => claims,
            None => {
                let (kid, claims) = self.verified_with_key::<Claims>(token, TYPE).await?;
                let claims = SessionClaims {
                    session: claims.sid,
                    license: claims.sub,
                    fingerprint_hash: URL_SAFE_NO_PAD.decode(&claims.license.fingerprint).ok()?.try_into().ok()?,
                    not_before: claims.nbf,
                    expires_at: DateTime::from_timestamp(claims.exp, 0)?,
                };
                self.verified_tokens.insert(hash, &kid, claims);
                claims
            }
        };
        (claims.not_before <= self.clock.now().timestamp()).then_some(claims)
    }

    /// Returns the claims of a token of this type that this server signed, under the same conditions. The caller must
    /// check its times and its audience.
    pub(crate) async fn verified<C: DeserializeOwned>(&self, token: &str, expected: &str) -> Option<C> {
        Some(self.verified_with_key(token, expected).await?.1)
    }

    /// Also returns the id of its key.
    async fn verified_with_key<C: DeserializeOwned>(&self, token: &str, expected: &str) -> Option<(String, C)> {
        if token.len() > LARGEST {
            return None;
        }
        let (header, _) = token.split_once('.')?;
        let Header { alg, typ, kid } = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        let (algorithm, jwk) = self.keyring.public_jwk(&kid).await?;
        if typ != expected || alg != algorithm.name() {
            return None;
        }
        let key = DecodingKey::from_jwk(&serde_json::from_value::<Jwk>(jwk).ok()?).ok()?;
        let mut rules = Validation::new(token_algorithm(algorithm));
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.set_issuer(&[&self.issuer]);
        // The audience is any product, and the times are checked by our clock, not by the library's.
        (rules.validate_aud, rules.validate_exp, rules.validate_nbf) = (false, false, false);
        Some((kid, jsonwebtoken::decode::<C>(token, &key, &rules).ok()?.claims))
    }
}

#[cfg(test)]
mod tests {
    use licensing::product::Algorithm;
    use serde_json::json;
    use store::Store;
    use testing::contract;
    use uuid::Uuid;

    use super::*;
    use crate::{Clock, SealingKey, Service, keys::token::encode};

    // Signed by a valid key of this server, as could only happen by mistake.
    contract!(a_token_of_another_type_or_of_another_server_is_not_read_although_our_key_signed_it, async |db| {
        let (key, clock) = (SealingKey::generate().unwrap(), Clock::fixed("2026-03-01T12:00:00Z".parse().unwrap()));
        let issuer = "https://licenses.example.com";
        let service = Service::open(Store::clone(db), &key, clock, issuer.to_owned()).await.unwrap();
        let key = service.keys().keyring.signer(Algorithm::ES256, None).await.unwrap();
        for (typ, iss, nbf, expected) in [
            (TYPE, issuer, 0, true),
            ("JWT", issuer, 0, false),
            ("at+jwt", issuer, 0, false),
            ("statuslist+jwt", issuer, 0, false),
            (TYPE, "https://other.example.com", 0, false),
            (TYPE, issuer, i64::MAX, false),
        ] {
            let claims = json!({
                "iss": iss, "aud": "drift", "sub": Uuid::nil(), "sid": Uuid::nil(), "jti": Uuid::nil(),
                "iat": 0, "nbf": nbf, "exp": 1,
                "license": {
                    "product": "Drift", "policy": "Team", "features": {}, "leaseEndsAt": 1, "grace": 0, "trial": false,
                    "fingerprint": "",
                },
            });
            let token = encode(typ, &claims, &key).unwrap();
            assert_eq!(service.keys().read_token(&token).await.is_some(), expected, "{typ} of {iss} from {nbf} on");
        }
    });
}
