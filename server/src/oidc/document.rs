//! The discovery document of a provider (OpenID Connect Discovery §3), and its key set.
//!
//! Only the members in use are read. Optional ones count as absent if they are empty, `null` or of another type:
//! providers send all of these, and none should prevent a sign-in.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::outbound::CallError;

/// Minimum length of an RSA key, in bits.
const SHORTEST_RSA: usize = 2048;

/// The members of a discovery document that are used here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) userinfo_endpoint: Option<String>,
    /// Logout endpoint (OpenID Connect RP-Initiated Logout §2.1).
    pub(crate) end_session_endpoint: Option<String>,
    /// `true` if the client secret must be sent in the body. A provider that lists no methods must accept
    /// `client_secret_basic` (Discovery §3).
    pub(crate) secret_in_body: bool,
    /// `true` if responses name their issuer (RFC 9207 §3).
    pub(crate) names_issuer: bool,
}

impl Document {
    pub(crate) fn read(document: &Value) -> Result<Self, CallError> {
        let text =
            |name: &str| document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let needed = |name: &str| text(name).ok_or_else(|| CallError::nonsense(format!("it has no {name}")));
        let methods = document.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
        let takes = |name: &str| methods.is_some_and(|all| all.iter().any(|method| method.as_str() == Some(name)));
        Ok(Self {
            issuer: needed("issuer")?,
            authorization_endpoint: needed("authorization_endpoint")?,
            token_endpoint: needed("token_endpoint")?,
            jwks_uri: needed("jwks_uri")?,
            userinfo_endpoint: text("userinfo_endpoint"),
            end_session_endpoint: text("end_session_endpoint"),
            secret_in_body: takes("client_secret_post") && !takes("client_secret_basic"),
            names_issuer: document.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true)),
        })
    }

    /// Yields every URL in the document that this server or the browser may call.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &str> {
        let needed = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        let optional = [&self.userinfo_endpoint, &self.end_session_endpoint];
        needed.into_iter().chain(optional.into_iter().flatten()).map(String::as_str)
    }
}

/// Filters a JWK set (RFC 7517 §5) to keys that are objects and long enough. Keys of an unknown type stay, and match no
/// token.
pub(crate) fn keys(mut set: Value) -> Result<Value, CallError> {
    match set.get_mut("keys").and_then(Value::as_array_mut) {
        Some(all) => all.retain(|key| key.as_object().is_some_and(is_strong)),
        None => return Err(CallError::nonsense("it has no list of keys")),
    }
    Ok(set)
}

/// Returns `true` if the key is long enough to trust its signatures: RSA needs 2,048 bits (RFC 7518 §3.3); other key
/// types have no short keys.
fn is_strong(key: &Map<String, Value>) -> bool {
    if key.get("kty").and_then(Value::as_str) != Some("RSA") {
        return true;
    }
    let modulus = key.get("n").and_then(Value::as_str).and_then(|n| URL_SAFE_NO_PAD.decode(n).ok()).unwrap_or_default();
    let first = modulus.iter().position(|byte| *byte != 0).unwrap_or(modulus.len());
    let bits = modulus.get(first).map_or(0, |byte| (modulus.len() - first) * 8 - byte.leading_zeros() as usize);
    bits >= SHORTEST_RSA
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn least() -> Map<String, Value> {
        let least = json!({
            "issuer": "https://id.example.com", "authorization_endpoint": "https://id.example.com/auth",
            "token_endpoint": "https://id.example.com/token", "jwks_uri": "https://id.example.com/keys",
        });
        least.as_object().cloned().unwrap()
    }

    #[test]
    fn a_member_that_is_optional_counts_as_absent_in_any_other_type() {
        let plain = Document::read(&Value::Object(least())).unwrap();
        for odd in [json!(null), json!(""), json!(7), json!(["x"]), json!({ "x": 1 }), json!(false)] {
            for name in [
                "userinfo_endpoint",
                "end_session_endpoint",
                "token_endpoint_auth_methods_supported",
                "authorization_response_iss_parameter_supported",
                "response_types_supported",
                "scopes_supported",
                "claims_supported",
                "id_token_signing_alg_values_supported",
                "service_documentation",
                "op_tos_uri",
            ] {
                let mut document = least();
                document.insert(name.to_owned(), odd.clone());
                assert_eq!(Document::read(&Value::Object(document)).unwrap(), plain, "{name}: {odd}");
            }
        }
    }

    #[test]
    fn a_document_without_a_member_that_is_needed_cannot_be_read() {
        for name in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
            for odd in [json!(null), json!(""), json!(7), json!(["https://id.example.com"])] {
                let mut document = least();
                document.insert(name.to_owned(), odd.clone());
                let error = Document::read(&Value::Object(document)).unwrap_err().to_string();
                assert!(error.contains(name), "{name}: {odd}: {error}");
            }
        }
        for odd in [json!([]), json!("x"), json!(null)] {
            Document::read(&odd).unwrap_err();
        }
    }

    #[test]
    fn the_secret_goes_into_the_body_only_where_the_header_is_not_taken() {
        for (methods, in_body) in [
            (json!(["client_secret_post"]), true),
            (json!(["private_key_jwt", "client_secret_post", 7, null]), true),
            (json!(["client_secret_post", "client_secret_basic"]), false),
            (json!(["a_method_that_nobody_knows"]), false),
            (json!([]), false),
        ] {
            let mut document = least();
            document.insert("token_endpoint_auth_methods_supported".to_owned(), methods.clone());
            assert_eq!(Document::read(&Value::Object(document)).unwrap().secret_in_body, in_body, "{methods}");
        }
    }
}
