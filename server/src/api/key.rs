//! The `Idempotency-Key` header, which any call that writes may carry.

use axum::{
    extract::{FromRequestParts, MatchedPath},
    http::request::Parts,
};
use licensing::Invalid;
use service::{CallKey, KEY_HEADER};
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

use super::problem::Problem;

/// Name of the header in the OpenAPI document.
pub(super) const KEY_PARAMETER: &str = "Idempotency-Key";

/// The key that was sent, if any, bound to this endpoint.
pub(super) struct Key(pub(super) Option<CallKey>);

impl IntoParams for Key {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = "Executes the call once, however often it is sent within 24 hours \
                    (draft-ietf-httpapi-idempotency-key-header). 1 to 255 visible ASCII characters, bare or as a string in \
                    quotes. A key belongs to its endpoint and its code, session or ticket. A repeat gets the result of the \
                    first call, with the same claims in a newly signed token, as long as its session could be renewed and \
                    still holds its seat; otherwise it is refused. Refusals change nothing and are not kept, so a refused \
                    call may be sent again with the same key.";
        let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
        vec![
            ParameterBuilder::new()
                .name(KEY_PARAMETER)
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some(text))
                .schema(Some(schema))
                .example(Some("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"".into()))
                .build(),
        ]
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut keys = parts.headers.get_all(KEY_HEADER).iter();
        let Some(key) = keys.next() else { return Ok(Self(None)) };
        if keys.next().is_some() {
            return Err(Invalid::one(KEY_HEADER, "was sent twice: send it once").into());
        }
        let path = parts.extensions.get::<MatchedPath>().map_or_else(|| parts.uri.path(), MatchedPath::as_str);
        Ok(Self(Some(CallKey::read(format!("{} {path}", parts.method), key.as_bytes())?)))
    }
}
