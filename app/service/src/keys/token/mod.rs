//! The license token: its claims, the checks before it is signed, and the signature.
//!
//! | claim | content |
//! |---|---|
//! | `iss` | this server's public URL |
//! | `aud` | the product's code |
//! | `sub` | the license's id |
//! | `sid` | the activation's id, `sessionId` in the API |
//! | `jti` | this token's own id |
//! | `iat`, `nbf` | five minutes before it was issued: several libraries refuse a token whose `iat` or `nbf` is ahead of the device's clock |
//! | `exp` | the lease's end and the offline grace, never past the license's end |
//! | `status.status_list` | the session's place in a status list: `uri` and `idx`; absent if it has none |
//! | `license.product`, `license.policy` | names |
//! | `license.customer` | the customer's name, if known |
//! | `license.features` | every feature's value |
//! | `license.graceFeatures` | the values that differ during the offline grace; absent if none does |
//! | `license.issuedAt` | issue time (seconds since 1970); earlier versions' tokens lack it, their `iat` holds it |
//! | `license.leaseEndsAt`, `license.grace` | end of the lease (seconds since 1970); the offline grace in seconds |
//! | `license.trial` | `true` for a trial |
//! | `license.fingerprint` | SHA-256 of the device's fingerprint, base64url without padding |
//! | `license.versions` | the range of versions covered; absent for all |
//! | `license.maintainedUntil` | versions released later are not covered (seconds since 1970); absent without such an end |

mod read;
mod stored;
mod verified;

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::Header;
use licensing::{activation::SKEW, feature::FeatureValues, product::Algorithm, terms};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use uuid::Uuid;

pub(crate) use self::verified::{SessionClaims, VerifiedTokens};
use crate::{
    Activated, Error, Keys, Result,
    keys::pair::{SigningKey, token_algorithm},
};

/// The header's `typ`, so that no other JWT can be used as a license token (RFC 8725 §3.11).
pub(crate) const TYPE: &str = "license+jwt";
/// Maximum size of a token, in bytes.
const LARGEST: usize = 4096;

/// The claims of a license token (RFC 7519 §4.1, and our own `license`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// Public URL of this server.
    pub iss: String,
    /// Code of the product.
    pub aud: String,
    /// Id of the license.
    pub sub: Uuid,
    /// Id of the activation.
    pub sid: Uuid,
    /// Id of this token.
    pub jti: Uuid,
    /// Issue time in seconds since 1970, back-dated for devices whose clock is slow.
    pub iat: i64,
    /// Start of validity, equal to `iat`.
    pub nbf: i64,
    /// End of validity.
    pub exp: i64,
    /// Reference to the status list that reports a revocation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusClaim>,
    /// License data.
    pub license: LicenseClaims,
}

/// The reference by which a verifier finds out whether a token was revoked (draft-ietf-oauth-status-list-20 §6.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusClaim {
    /// Place in a status list.
    pub status_list: StatusReference,
}

/// A place in a status list, as a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReference {
    /// Index within the list.
    pub idx: i64,
    /// URL of the list.
    pub uri: String,
}

/// The `license` claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LicenseClaims {
    /// Name of the product.
    pub product: String,
    /// Name of the policy.
    pub policy: String,
    /// Name of the customer, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Value of every feature.
    pub features: FeatureValues,
    /// Values that differ once the lease has ended.
    #[serde(default, skip_serializing_if = "FeatureValues::is_empty")]
    pub grace_features: FeatureValues,
    /// True issue time, in seconds since 1970. Absent from tokens of earlier versions.
    #[serde(default)]
    pub issued_at: i64,
    /// End of the lease, in seconds since 1970.
    pub lease_ends_at: i64,
    /// Offline grace, in seconds.
    pub grace: u64,
    /// `true` for a trial.
    pub trial: bool,
    /// SHA-256 of the fingerprint, in base64url.
    pub fingerprint: String,
    /// Range of versions covered; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<String>,
    /// Time from which new versions are not covered, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintained_until: Option<i64>,
}

/// The `iat` of everything that is signed, in seconds since 1970: [`SKEW`] before the true time. Verifiers use their
/// own clocks, and PyJWT, Authlib and joserfc refuse an `iat` that is ahead of theirs.
pub(crate) const fn back_dated(at: DateTime<Utc>) -> i64 {
    at.timestamp().saturating_sub_unsigned(SKEW.as_seconds())
}

impl Claims {
    fn of(granted: &Activated, status: Option<StatusReference>, issuer: &str, jti: Uuid) -> Self {
        let snapshot = &granted.snapshot;
        let early = back_dated(granted.at);
        Self {
            iss: issuer.to_owned(),
            aud: granted.product_code.clone(),
            sub: granted.license_id,
            sid: granted.session_id,
            jti,
            iat: early,
            nbf: early,
            exp: granted.token_expires_at.timestamp(),
            status: status.map(|status_list| StatusClaim { status_list }),
            license: LicenseClaims {
                product: granted.product_name.clone(),
                policy: snapshot.policy.clone(),
                customer: snapshot.customer.clone(),
                features: snapshot.features.clone(),
                grace_features: snapshot.grace_features.clone(),
                issued_at: granted.at.timestamp(),
                lease_ends_at: granted.lease_ends_at.timestamp(),
                grace: snapshot.grace.as_seconds(),
                trial: snapshot.trial,
                fingerprint: URL_SAFE_NO_PAD.encode(granted.fingerprint_hash),
                versions: match &snapshot.versions {
                    terms::Versions::Any => None,
                    terms::Versions::Range(range) => Some(range.to_string()),
                },
                maintained_until: granted.maintained_until.map(|end| end.timestamp()),
            },
        }
    }

    /// Checks the invariants of every token. A violation is a defect in this program.
    fn lint(&self, license_ends_at: Option<i64>) -> Result<(), &'static str> {
        let issued_at = self.license.issued_at;
        let longest_lease = issued_at.saturating_add_unsigned(terms::LONGEST.as_seconds());
        let holds = [
            (!self.iss.is_empty() && !self.aud.is_empty(), "iss and aud must not be empty"),
            (self.nbf == self.iat && self.iat < issued_at, "iat and nbf must be back-dated alike"),
            (self.exp > issued_at, "exp must be after the issue time"),
            (self.license.lease_ends_at <= longest_lease, "the lease must not be longer than the maximum"),
            (license_ends_at.is_none_or(|end| self.exp <= end), "exp must not be past the license's end"),
            (self.license.lease_ends_at <= self.exp, "the lease must not end after the token"),
            (
                self.exp <= self.license.lease_ends_at.saturating_add_unsigned(self.license.grace),
                "exp must not be past lease and grace",
            ),
            (self.license.fingerprint.len() == 43, "the fingerprint must be a SHA-256"),
        ];
        holds.into_iter().find(|(held, _)| !held).map_or(Ok(()), |(_, broken)| Err(broken))
    }
}

impl Keys {
    /// Signs the token of an activation that is committed.
    pub(crate) async fn sign(&self, granted: &Activated) -> Result<String> {
        let status =
            granted.place.map(|place| StatusReference { idx: place.index, uri: self.status_list_uri(place.list) });
        let claims = Claims::of(granted, status, &self.issuer, granted.token_id.unwrap_or_else(|| self.clock.id()));
        if let Err(broken) = claims.lint(granted.license_ends_at.map(|end| end.timestamp())) {
            tracing::error!(alarm = true, session = %granted.session_id, broken, "a token failed its checks and was not signed");
            return Err(Error::defect(broken));
        }
        let (product, until) = (Some(granted.product_code.as_str()), granted.token_expires_at);
        let key = self.keyring.key_for(granted.algorithm, product, until).await?;
        let token = match key.algorithm {
            Algorithm::ES256 | Algorithm::EdDSA => encode(TYPE, &claims, &key)?,
            Algorithm::RS256 => {
                // Signing takes half a millisecond: too long for an async thread, and no faster on more threads than
                // cores.
                let core = Arc::clone(&self.cores).acquire_owned().await.map_err(Error::defect)?;
                let signed = spawn_blocking(move || {
                    let token = encode(TYPE, &claims, &key);
                    drop(core);
                    token
                });
                signed.await.map_err(Error::defect)??
            }
        };
        if token.len() > LARGEST {
            tracing::error!(alarm = true, session = %granted.session_id, bytes = token.len(), "a token is too large and was not issued");
            return Err(Error::defect("a token is larger than 4 KiB"));
        }
        Ok(token)
    }

    /// Signs a JWT of this type that is not for one product. A shared key signs it, with the algorithm that every JWT
    /// library can verify, whatever the products use.
    pub(crate) async fn sign_shared(
        &self,
        typ: &str,
        claims: &impl Serialize,
        expires_at: DateTime<Utc>,
    ) -> Result<String> {
        let key = self.keyring.key_for(Algorithm::ES256, None, expires_at).await?;
        encode(typ, claims, &key)
    }
}

/// Signs a JWT of this type, in the compact serialization (RFC 7515 §7.1).
pub(crate) fn encode(typ: &str, claims: &impl Serialize, key: &SigningKey) -> Result<String> {
    let mut header = Header::new(token_algorithm(key.algorithm));
    header.typ = Some(typ.to_owned());
    header.kid = Some(key.kid.clone());
    let mut token = String::new();
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(&header).map_err(Error::defect)?, &mut token);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims).map_err(Error::defect)?, &mut token);
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

#[cfg(test)]
mod tests {
    use licensing::{Span, activation::Snapshot};

    use super::*;

    /// A grant of an hour and a day, under a license that ends in a month.
    fn granted() -> Activated {
        let at = chrono::DateTime::from_timestamp_micros(1_800_000_000_999_999).unwrap();
        Activated {
            session_id: Uuid::from_u128(1),
            decision: Uuid::from_u128(2),
            license_id: Uuid::from_u128(3),
            at,
            lease_ends_at: Span::hours(1).after(at),
            token_expires_at: Span::hours(25).after(at),
            license_ends_at: Some(Span::days(30).after(at)),
            maintained_until: None,
            next_check_in_after: None,
            extended: true,
            place: None,
            snapshot: Snapshot {
                policy: "Team".to_owned(),
                customer: None,
                grace: Span::days(1),
                versions: terms::Versions::Any,
                features: FeatureValues::new(),
                grace_features: FeatureValues::new(),
                trial: false,
            },
            fingerprint_hash: [9; 32],
            product_code: "drift".to_owned(),
            product_name: "Drift".to_owned(),
            algorithm: Algorithm::ES256,
            token_id: None,
        }
    }

    /// Returns the result of the checks for a grant that was tampered with.
    fn lint(spoil: impl FnOnce(&mut Activated)) -> Result<(), &'static str> {
        let mut granted = granted();
        spoil(&mut granted);
        let ends_at = granted.license_ends_at.map(|end| end.timestamp());
        Claims::of(&granted, None, "https://licenses.example.com", Uuid::nil()).lint(ends_at)
    }

    #[test]
    fn what_was_granted_passes_the_lint() {
        assert_eq!(lint(|_| {}), Ok(()));
        assert_eq!(lint(|g| g.license_ends_at = None), Ok(()));
        assert_eq!(lint(|g| g.license_ends_at = Some(g.token_expires_at)), Ok(()));
        assert_eq!(lint(|g| g.token_expires_at = g.lease_ends_at), Ok(()));
    }

    #[test]
    fn a_token_names_the_place_of_its_session_as_the_draft_writes_it() {
        let place = StatusReference { idx: 412, uri: "https://licenses.example.com/status-lists/1".to_owned() };
        let claims = Claims::of(&granted(), Some(place), "https://licenses.example.com", Uuid::nil());
        let expected = r#"{"status_list":{"idx":412,"uri":"https://licenses.example.com/status-lists/1"}}"#;
        assert_eq!(serde_json::to_string(&claims.status).unwrap(), expected);
        let without = Claims::of(&granted(), None, "https://licenses.example.com", Uuid::nil());
        assert!(serde_json::to_value(without).unwrap().get("status").is_none());
    }

    #[test]
    fn a_token_that_cannot_be_right_fails_the_lint() {
        let second = chrono::TimeDelta::seconds(1);
        let ended = lint(|g| (g.lease_ends_at, g.token_expires_at) = (g.at, g.at));
        assert_eq!(ended, Err("exp must be after the issue time"));
        let back = lint(|g| g.at = g.token_expires_at + second);
        assert_eq!(back, Err("exp must be after the issue time"));
        let past = lint(|g| g.license_ends_at = Some(g.token_expires_at - second));
        assert_eq!(past, Err("exp must not be past the license's end"));
        let generous = lint(|g| g.token_expires_at += second);
        assert_eq!(generous, Err("exp must not be past lease and grace"));
        let late = lint(|g| g.lease_ends_at = g.token_expires_at + second);
        assert_eq!(late, Err("the lease must not end after the token"));
        let nameless = lint(|g| g.product_code.clear());
        assert_eq!(nameless, Err("iss and aud must not be empty"));
        let endless = lint(|g| {
            g.license_ends_at = None;
            g.lease_ends_at = Span::days(36_526).after(g.at);
            g.token_expires_at = g.lease_ends_at;
        });
        assert_eq!(endless, Err("the lease must not be longer than the maximum"));
    }
}
