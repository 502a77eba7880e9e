//! Tokens that an identity provider signed: ID tokens, access tokens and logout tokens.
//!
//! Only the members that a check depends on are read, so that no other member can make a token unusable. jsonwebtoken's
//! `decode_header` fails if any member that it knows, such as `x5t`, has another type.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Map, Value};

use crate::Identities;

/// Header members by which a token changes how it must be processed (RFC 7515 §4.1.11, RFC 7516 §4.1.2, RFC 7797 §3).
const RULES: [&str; 4] = ["crit", "b64", "enc", "cty"];
/// Header members by which a token brings its own key (RFC 8725 §3.10).
const KEYS: [&str; 4] = ["jwk", "jku", "x5u", "x5c"];

/// The requirements that a token of a provider must meet.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedToken<'a> {
    /// The provider's keys, a JWK set (RFC 7517 §5).
    pub keys: &'a Value,
    /// The algorithms that the settings allow.
    pub algorithms: &'a [&'static str],
    /// Accepted types (`typ`), in lowercase. An empty string accepts a header without a type.
    pub types: &'a [&'static str],
    /// The issuer (`iss`).
    pub issuer: &'a str,
    /// The audience that `aud` must be or contain.
    pub audience: &'a str,
    /// The access token that came with this one, if any: `at_hash` must be its hash (OpenID Connect Core §3.1.3.6).
    pub access_token: Option<&'a str>,
    /// `true` to refuse a token whose header contains a key. Such a key is never used in any case.
    pub refuses_keys: bool,
    /// Maximum size of the token, in bytes.
    pub largest: usize,
    /// Tolerated clock differences for `exp` and `nbf`, in seconds.
    pub leeway: (i64, i64),
}

impl Identities {
    /// Returns the claims of a token that the provider signed for this audience, with an allowed algorithm and a
    /// published key. `exp` and `nbf` are checked if present.
    ///
    /// # Errors
    /// The reason, phrased as part of a sentence for the log.
    pub fn read_provider_token(
        &self,
        token: &str,
        expected: &ExpectedToken<'_>,
    ) -> Result<Map<String, Value>, &'static str> {
        if token.len() > expected.largest {
            return Err("it is too large");
        }
        let (signed, signature) = token.rsplit_once('.').ok_or("it is not a compact JWS")?;
        let (header, payload) =
            signed.split_once('.').filter(|(_, rest)| !rest.contains('.')).ok_or("it is not a compact JWS")?;
        let header = object(header).ok_or("it is not a compact JWS")?;
        let algorithm = check_header(&header, expected)?;
        let key = key(expected.keys, header.get("kid").and_then(Value::as_str), algorithm)?;
        let known: Algorithm = algorithm.parse().map_err(|_| "its algorithm is unknown")?;
        if !crypto::verify(signature, signed.as_bytes(), &key, known).unwrap_or(false) {
            return Err("its signature is wrong");
        }
        let claims = object(payload).ok_or("its claims cannot be read")?;
        if claims.get("iss").and_then(Value::as_str) != Some(expected.issuer) {
            return Err("it has another issuer");
        }
        if !audiences(&claims).ok_or("its audience cannot be read")?.contains(&expected.audience) {
            return Err("it has another audience");
        }
        check_times(&claims, expected.leeway, self.clock.now().timestamp())?;
        if let Some(access_token) = expected.access_token {
            check_hash(&claims, access_token, algorithm)?;
        }
        Ok(claims)
    }
}

/// The audiences that a token names: a string or a list of strings (RFC 7519 §4.1.3). `None` if they have another type.
pub fn audiences(claims: &Map<String, Value>) -> Option<Vec<&str>> {
    match claims.get("aud") {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::String(one)) => Some(vec![one.as_str()]),
        Some(Value::Array(all)) => all.iter().map(Value::as_str).collect(),
        Some(_) => None,
    }
}

/// Reads a claim's time, to the second (RFC 7519 §2, NumericDate). `None` if it is not a time.
pub fn numeric_date(value: &Value) -> Option<DateTime<Utc>> {
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64))?;
    DateTime::from_timestamp(seconds, 0)
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// Returns the algorithm that the token is signed with, if header and settings allow it.
fn check_header(header: &Map<String, Value>, expected: &ExpectedToken<'_>) -> Result<&'static str, &'static str> {
    if RULES.iter().any(|member| header.contains_key(*member)) {
        return Err("its header has critical members or processing rules of its own");
    }
    if expected.refuses_keys && KEYS.iter().any(|member| header.contains_key(*member)) {
        return Err("its header brings a key or rules of its own");
    }
    let typ = match header.get("typ") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(typ)) => typ.to_ascii_lowercase(),
        Some(_) => return Err("it is of another type"),
    };
    if !expected.types.contains(&typ.strip_prefix("application/").unwrap_or(&typ)) {
        return Err("it is of another type");
    }
    if !matches!(header.get("kid"), None | Some(Value::Null | Value::String(_))) {
        return Err("its key id is not a string");
    }
    let named = header.get("alg").and_then(Value::as_str);
    let allowed = expected.algorithms.iter().find(|allowed| named == Some(**allowed));
    allowed.copied().ok_or("its algorithm is not allowed")
}

fn check_times(claims: &Map<String, Value>, (late, early): (i64, i64), now: i64) -> Result<(), &'static str> {
    let time = |name: &str| claims.get(name).filter(|time| !time.is_null()).map(numeric_date);
    match time("exp") {
        Some(Some(end)) if end.timestamp().saturating_add(late) <= now => return Err("it has expired"),
        Some(None) => return Err("its expiry (exp) is not a time"),
        Some(Some(_)) | None => {}
    }
    match time("nbf") {
        Some(Some(begin)) if begin.timestamp().saturating_sub(early) > now => Err("it is not valid yet"),
        Some(None) => Err("its start (nbf) is not a time, so it is not valid yet"),
        Some(Some(_)) | None => Ok(()),
    }
}

/// Checks `at_hash`, if present: the left half of the access token's hash, computed with the hash function of the
/// algorithm (OpenID Connect Core §3.1.3.6).
fn check_hash(claims: &Map<String, Value>, access_token: &str, algorithm: &str) -> Result<(), &'static str> {
    let Some(given) = claims.get("at_hash").filter(|given| !given.is_null()) else { return Ok(()) };
    let function = match algorithm {
        "RS384" | "PS384" | "ES384" => &digest::SHA384,
        "RS512" | "PS512" | "EdDSA" => &digest::SHA512,
        _ => &digest::SHA256,
    };
    let hash = digest::digest(function, access_token.as_bytes());
    let half = hash.as_ref().get(..hash.as_ref().len() / 2).map(|half| URL_SAFE_NO_PAD.encode(half));
    if given.as_str().is_some_and(|given| half.as_deref() == Some(given)) {
        Ok(())
    } else {
        Err("its at_hash does not match the access token that came with it")
    }
}

/// Returns the key that the token names or, if the token names none or the key has no id, the only key that fits. A
/// key's `use` and `alg`, if present, must allow it.
fn key(keys: &Value, kid: Option<&str>, algorithm: &str) -> Result<DecodingKey, &'static str> {
    let all = keys.get("keys").and_then(Value::as_array).ok_or("the provider publishes no keys")?;
    let (kind, curve) = match algorithm {
        "ES256" => ("EC", Some("P-256")),
        "ES384" => ("EC", Some("P-384")),
        "EdDSA" => ("OKP", Some("Ed25519")),
        _ => ("RSA", None),
    };
    let text = |key: &Value, name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
    let says = |key: &Value, name: &str, wanted: &str| text(key, name).is_none_or(|it| it == wanted);
    let fits = |key: &&Value| {
        text(key, "kty").is_some_and(|kty| kty == kind)
            && curve.is_none_or(|curve| text(key, "crv").is_some_and(|crv| crv == curve))
            && says(key, "use", "sig")
            && says(key, "alg", algorithm)
    };
    let fitting: Vec<&Value> = all.iter().filter(fits).collect();
    let named: Vec<&Value> =
        fitting.iter().copied().filter(|key| kid.is_some() && text(key, "kid").as_deref() == kid).collect();
    let unnamed = || fitting.iter().copied().filter(|key| kid.is_none() || text(key, "kid").is_none()).collect();
    let chosen = if named.is_empty() { unnamed() } else { named };
    let key = match chosen.as_slice() {
        [key] => key,
        [] => return Err("none of the provider’s keys fits it"),
        _ => return Err("more than one key fits it"),
    };
    let part = |name: &str| text(key, name).unwrap_or_default();
    let key = match kind {
        "EC" => DecodingKey::from_ec_components(&part("x"), &part("y")),
        "OKP" => DecodingKey::from_ed_components(&part("x")),
        _ => DecodingKey::from_rsa_components(&part("n"), &part("e")),
    };
    key.map_err(|_| "the key that it names cannot be read")
}
