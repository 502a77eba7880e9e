//! `POST …/backchannel-logout`: the provider reports that a user signed out (OpenID Connect Back-Channel Logout 1.0).

use axum::{
    Extension, Form,
    extract::{Path, State, rejection::FormRejection},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, header::CACHE_CONTROL};
use licensing::Span;
use serde::Deserialize;
use serde_json::Value;
use service::{ExpectedToken, Origin};

use super::{
    access::{LARGEST, LEEWAY},
    claims::{Claims, id, part},
};
use crate::AppState;

/// Event in every logout token (§2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Maximum age of a logout token, and how far it may be ahead of our clock.
const OLDEST: Span = Span::minutes(10);
const AHEAD: Span = Span::seconds(60);

/// Request body.
#[derive(Deserialize)]
pub(super) struct LogoutForm {
    logout_token: String,
}

/// Answers 200 if the logins have ended or there was none, and 400 if the token is missing or not valid (§2.8).
/// Refusals are recorded as events, a few per minute.
pub(super) async fn sign_out(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    origin: Option<Extension<Origin>>,
    form: Result<Form<LogoutForm>, FormRejection>,
) -> Response {
    let origin = origin.map(|Extension(origin)| origin).unwrap_or_default();
    let token = form.map(|Form(form)| form.logout_token).unwrap_or_default();
    let status = match end(&state, &provider, &token, origin.clone()).await {
        Ok(logins) => {
            tracing::info!(provider, logins, "the identity provider ended logins");
            StatusCode::OK
        }
        Err((status, why)) => {
            if state.service.may_warn() {
                tracing::warn!(provider, why, "a logout token was refused");
            }
            // Only if the token is wrong, not if it cannot be checked now, or if there is no such provider.
            if status == StatusCode::BAD_REQUEST
                && let Err(error) = state.service.identity().note_refused_logout(&provider, &why, origin).await
            {
                tracing::warn!(%error, "the event of a refused logout token could not be stored");
            }
            status
        }
    };
    (status, [(CACHE_CONTROL, HeaderValue::from_static("no-store"))]).into_response()
}

async fn end(state: &AppState, id_of: &str, token: &str, origin: Origin) -> Result<u64, (StatusCode, String)> {
    let wrong = |why: &str| (StatusCode::BAD_REQUEST, why.to_owned());
    let provider =
        state.providers.by_id(id_of).ok_or((StatusCode::NOT_FOUND, "there is no such provider".to_owned()))?;
    let kid = part(token, 0).and_then(|header| header.get("kid")?.as_str().map(str::to_owned));
    let known = provider.knowing(kid.as_deref()).await;
    let known = known.map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?;
    let expected = ExpectedToken {
        keys: &known.keys,
        algorithms: &provider.settings.algorithms,
        // The type is only recommended (§2.4), and Keycloak has long sent `JWT`. The event distinguishes the token from
        // others.
        types: &["logout+jwt", "jwt", ""],
        issuer: &provider.settings.issuer,
        audience: &provider.settings.client_id,
        access_token: None,
        refuses_keys: true,
        largest: LARGEST,
        leeway: (LEEWAY, LEEWAY),
    };
    let claims = state.service.identity().read_provider_token(token, &expected).map_err(wrong)?;
    let now = state.service.clock().now();
    check(&claims, OLDEST.before(now).timestamp(), AHEAD.after(now).timestamp()).map_err(wrong)?;
    let (subject, sid) = (id(&claims, "sub"), id(&claims, "sid"));
    let jti = id(&claims, "jti").ok_or_else(|| wrong("it has no jti"))?;
    if subject.is_none() && sid.is_none() {
        return Err(wrong("it names neither a subject nor a session"));
    }
    let ended =
        state.service.identity().sign_out_at_provider(&provider.settings.issuer, (subject, sid), jti, origin).await;
    ended.map_err(|error| match error {
        service::Error::Conflict(why) => (StatusCode::BAD_REQUEST, why),
        other => (StatusCode::SERVICE_UNAVAILABLE, other.to_string()),
    })
}

/// Checks the claims specific to a logout token (§2.6).
fn check(claims: &Claims, oldest: i64, newest: i64) -> Result<(), &'static str> {
    let event = claims.get("events").and_then(|events| events.get(EVENT));
    if !event.is_some_and(Value::is_object) {
        return Err("it has no logout event");
    }
    if claims.contains_key("nonce") {
        return Err("it has a nonce, like an ID token");
    }
    match claims.get("iat").and_then(Value::as_i64) {
        Some(at) if at < oldest => Err("it is older than ten minutes"),
        Some(at) if at > newest => Err("it was issued in the future"),
        Some(_) => Ok(()),
        None => Err("it does not say when it was issued"),
    }
}
