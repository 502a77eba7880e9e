//! Tokens of an identity provider that come to us by themselves: access tokens and logout tokens.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::Jwk};
use serde_json::{Map, Value};

use crate::Service;

/// The largest token that is looked at, in bytes.
const LARGEST: usize = 16 * 1024;
/// How far two clocks may differ, in seconds.
const LEEWAY: i64 = 60;
/// Members of a header by which a token would bring its own key, or its own rules (RFC 8725 §3.10).
const FOREIGN: [&str; 7] = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "enc"];

/// What a token of a provider is compared with.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedToken<'a> {
    /// The provider's keys, a JWK set (RFC 7517 §5).
    pub keys: &'a Value,
    /// The algorithms that it may be signed with.
    pub algorithms: &'a [&'static str],
    /// Its types (`typ`), one of which it must be.
    pub types: &'a [&'static str],
    /// Its `iss`.
    pub issuer: &'a str,
    /// What its `aud` must be or hold.
    pub audience: &'a str,
}

impl Service {
    /// The claims of a token that the provider signed: for this audience, of this type, by an algorithm that was allowed and a
    /// key that is published. `exp` and `nbf` are held to, where they are there.
    ///
    /// # Errors
    /// Why not, as a part of a sentence for the log.
    pub fn read_provider_token(
        &self,
        token: &str,
        expected: &ExpectedToken<'_>,
    ) -> Result<Map<String, Value>, &'static str> {
        if token.len() > LARGEST {
            return Err("it is larger than 16 KiB");
        }
        let header = header(token).ok_or("it is no compact JWS")?;
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        if FOREIGN.iter().any(|member| header.contains_key(*member)) {
            return Err("its header brings a key or rules of its own");
        }
        let typ = text("typ").unwrap_or_default().to_ascii_lowercase();
        if !expected.types.contains(&typ.strip_prefix("application/").unwrap_or(&typ)) {
            return Err("it is of another type");
        }
        let named = text("alg").and_then(|name| expected.algorithms.iter().find(|allowed| **allowed == name));
        let algorithm: Algorithm =
            named.ok_or("its algorithm is not allowed")?.parse().map_err(|_| "its algorithm is unknown")?;
        let key = key(expected.keys, text("kid"), named.copied().unwrap_or_default())?;
        let key = DecodingKey::from_jwk(&key).map_err(|_| "the key that it names cannot be read")?;
        let mut rules = Validation::new(algorithm);
        rules.set_required_spec_claims(&["iss", "aud"]);
        rules.set_issuer(&[expected.issuer]);
        rules.set_audience(&[expected.audience]);
        // By our clock, not by the library's.
        (rules.validate_exp, rules.validate_nbf) = (false, false);
        let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &rules);
        let claims = claims.map_err(|_| "its signature, issuer or audience is not right")?.claims;
        // A list of issuers is none.
        if claims.get("iss").and_then(Value::as_str) != Some(expected.issuer) {
            return Err("its issuer is another one");
        }
        let now = self.clock().now().timestamp();
        let moment = |name: &str| claims.get(name).map(|at| at.as_i64().or_else(|| at.as_f64().map(|at| at as i64)));
        match moment("exp") {
            Some(Some(end)) if end.saturating_add(LEEWAY) <= now => return Err("it has expired"),
            Some(None) => return Err("its end is no time"),
            Some(Some(_)) | None => {}
        }
        match moment("nbf") {
            Some(Some(begin)) if begin.saturating_sub(LEEWAY) > now => return Err("it is not good yet"),
            Some(None) => return Err("its beginning is no time"),
            Some(Some(_)) | None => {}
        }
        Ok(claims)
    }
}

fn header(token: &str) -> Option<Map<String, Value>> {
    let (header, rest) = token.split_once('.')?;
    if rest.split('.').count() != 2 {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()
}

/// The key of that id, or the only one there is where the token names none; made for signatures, and by this algorithm.
fn key(keys: &Value, kid: Option<&str>, algorithm: &str) -> Result<Jwk, &'static str> {
    let all = keys.get("keys").and_then(Value::as_array).ok_or("the provider publishes no keys")?;
    let kind = match algorithm {
        "ES256" | "ES384" => "EC",
        "EdDSA" => "OKP",
        _ => "RSA",
    };
    let says =
        |key: &Value, name: &str, wanted: &str| key.get(name).and_then(Value::as_str).is_none_or(|it| it == wanted);
    let fits = |key: &&Value| {
        key.get("kty").and_then(Value::as_str) == Some(kind)
            && says(key, "use", "sig")
            && says(key, "alg", algorithm)
            && kid.is_none_or(|kid| key.get("kid").and_then(Value::as_str) == Some(kid))
    };
    let mut fitting = all.iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => serde_json::from_value(key.clone()).map_err(|_| "the key that it names cannot be read"),
        (None, _) => Err("no key of the provider’s fits it"),
        (Some(_), Some(_)) => Err("more than one key fits it"),
    }
}
