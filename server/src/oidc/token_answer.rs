//! Responses of a token endpoint (RFC 6749 §5), parsed leniently: a member that is not used never causes a refusal.

use std::{fmt, time::Duration};

use openidconnect::{
    AccessToken, EmptyAdditionalClaims, ErrorResponse, IdToken, OAuth2TokenResponse, RefreshToken, Scope,
    TokenResponse,
    core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreTokenType},
};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

/// Maximum length of an error code, in characters; the rest is cut.
const LONGEST_CODE: usize = 60;

/// Successful response.
#[derive(Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) struct TokenAnswer {
    access_token: AccessToken,
    token_type: CoreTokenType,
    expires_in: Option<Duration>,
    refresh_token: Option<RefreshToken>,
    /// ID token, a compact JWS (OpenID Connect Core §3.1.3.3).
    pub(crate) id_token: Option<String>,
}

impl TryFrom<Map<String, Value>> for TokenAnswer {
    type Error = &'static str;

    fn try_from(answer: Map<String, Value>) -> Result<Self, Self::Error> {
        let text =
            |name: &str| answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let id_token = match answer.get("id_token") {
            None | Some(Value::Null) => None,
            Some(Value::String(token)) => Some(token.clone()),
            Some(_) => return Err("its ID token is not a string"),
        };
        let token_type = text("token_type").ok_or("it has no token type")?;
        Ok(Self {
            access_token: AccessToken::new(text("access_token").ok_or("it has no access token")?),
            token_type: if token_type.eq_ignore_ascii_case("bearer") {
                CoreTokenType::Bearer
            } else {
                CoreTokenType::Extension(token_type)
            },
            expires_in: answer.get("expires_in").and_then(seconds),
            refresh_token: text("refresh_token").map(RefreshToken::new),
            id_token,
        })
    }
}

/// Reads a lifetime in seconds. Some providers write it as a string; anything else counts as absent.
fn seconds(value: &Value) -> Option<Duration> {
    let whole = || value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    let fraction = || value.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    whole().map(Duration::from_secs).or_else(fraction)
}

impl fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenAnswer(secret)")
    }
}

/// Writes nothing: the trait requires it, but tokens are never serialized.
impl Serialize for TokenAnswer {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_unit()
    }
}

impl OAuth2TokenResponse for TokenAnswer {
    type TokenType = CoreTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &CoreTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// Returns no ID token: the library's type reads every standard claim, and would refuse a person because of one that is
/// not used. [`TokenAnswer::id_token`] is the text that is verified.
impl TokenResponse<EmptyAdditionalClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>
    for TokenAnswer
{
    fn id_token(
        &self,
    ) -> Option<
        &IdToken<EmptyAdditionalClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>,
    > {
        None
    }
}

/// Error response (RFC 6749 §5.2): its code, in printable ASCII.
#[derive(Debug, Deserialize, Serialize)]
#[serde(from = "Map<String, Value>")]
pub(crate) struct ErrorAnswer {
    pub(crate) code: String,
}

impl From<Map<String, Value>> for ErrorAnswer {
    fn from(answer: Map<String, Value>) -> Self {
        let code = answer.get("error").and_then(Value::as_str).unwrap_or("an error without a code");
        Self { code: code.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(LONGEST_CODE).collect() }
    }
}

impl fmt::Display for ErrorAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

impl ErrorResponse for ErrorAnswer {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use serde_json::json;

    use super::*;

    fn with(over: Value) -> Result<TokenAnswer, serde_json::Error> {
        let mut answer = json!({ "access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": "x.y.z" });
        answer.as_object_mut().unwrap().extend(over.as_object().cloned().unwrap());
        serde_json::from_value(answer)
    }

    #[test]
    fn a_lifetime_is_read_as_a_number_or_a_text_and_is_otherwise_absent() {
        for (given, seconds) in [
            (json!(3599), Some(3599)),
            (json!("3599"), Some(3599)),
            (json!(3599.0), Some(3599)),
            (json!(0), Some(0)),
            (json!(null), None),
            (json!(-1), None),
            (json!("soon"), None),
            (json!(""), None),
            (json!(1e300), None),
            (json!([300]), None),
            (json!(true), None),
        ] {
            let read = with(json!({ "expires_in": given })).unwrap().expires_in();
            assert_eq!(read.map(|read| read.as_secs()), seconds, "{given}");
        }
    }

    #[test]
    fn members_that_are_not_used_may_be_of_any_type() {
        for odd in [json!(null), json!(7), json!(""), json!(["openid", "email"]), json!({ "x": {} }), json!(false)] {
            for name in ["scope", "ext_expires_in", "not-before-policy", "session_state", "created_at", "refresh_token"]
            {
                let answer = with(json!({ name: odd })).unwrap_or_else(|error| panic!("{name}: {odd}: {error}"));
                assert_eq!(answer.id_token.as_deref(), Some("x.y.z"));
                assert!(answer.refresh_token().is_none());
            }
        }
        for kind in ["Bearer", "bearer", "BEARER"] {
            assert_eq!(*with(json!({ "token_type": kind })).unwrap().token_type(), CoreTokenType::Bearer);
        }
    }

    #[test]
    fn tokens_are_texts() {
        for over in [
            json!({ "access_token": 7 }),
            json!({ "access_token": null }),
            json!({ "access_token": "" }),
            json!({ "token_type": null }),
            json!({ "token_type": ["Bearer"] }),
            json!({ "id_token": { "x": 1 } }),
        ] {
            with(over.clone()).expect_err(&over.to_string());
        }
    }
}
