//! Renewal of a login's secret: after its account's role has changed, and after a fresh proof (ASVS 7.2.4).
//!
//! The row stays and gets a new id in one statement: a login that has ended meanwhile cannot be renewed, and ending a
//! login by its previous id still works. `tower-sessions` can only delete and create, so a login created after the user
//! signed out would bring it back.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use app::admin::API;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{COOKIE, SET_COOKIE},
};
use tower_sessions::session::Id;

use super::{cookie_name, secret};
use crate::{
    AppState,
    web::cookies::{read_cookie, set_cookie},
};

/// Flag that requests a new secret once the request is answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct RenewLogin(Arc<AtomicBool>);

impl RenewLogin {
    /// Requests a new secret.
    pub(crate) fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Middleware around `tower-sessions`: inner layers see the login under its current id.
pub(crate) async fn renew(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let name = cookie_name(&state.config);
    let wish = RenewLogin::default();
    request.extensions_mut().insert(wish.clone());
    let Some(mut id) = read_cookie(request.headers(), name).and_then(|value| value.parse::<Id>().ok()) else {
        return next.run(request).await;
    };
    let mut fresh = None;
    // A script may call several functions at once, all with the secret of their page. If the first renewed it, the
    // others would find no login. The new role counts for them anyway, and the next page renews the secret.
    let called = request.uri().path().starts_with(API);
    match if called { Ok(None) } else { outgrown(&state, id).await } {
        Ok(None) => {}
        Ok(Some(renewed)) => {
            carry(request.headers_mut(), name, renewed);
            (id, fresh) = (renewed, Some(renewed));
        }
        Err(error) => {
            tracing::warn!(%error, "a login cannot be looked up");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    }
    let mut answer = next.run(request).await;
    if wish.is_asked() {
        match another(&state, id).await {
            Ok(renewed) => fresh = renewed.or(fresh),
            Err(error) => tracing::warn!(%error, "a login could not be renewed"),
        }
    }
    if let Some(fresh) = fresh {
        hand_over(answer.headers_mut(), name, (id, fresh), state.config.public_url.is_https());
    }
    answer
}

/// Returns the new id of a login whose account's role has changed.
async fn outgrown(state: &AppState, id: Id) -> service::Result<Option<Id>> {
    if state.service.identity().login_is_outgrown(&secret(&id)).await? { another(state, id).await } else { Ok(None) }
}

async fn another(state: &AppState, id: Id) -> service::Result<Option<Id>> {
    let fresh = Id::default();
    Ok(state.service.identity().renew_login(&secret(&id), &secret(&fresh)).await?.then_some(fresh))
}

/// Replaces the id in the request's cookie.
fn carry(headers: &mut HeaderMap, name: &str, id: Id) {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).map(str::trim);
    let others = pairs.filter(|pair| pair.split_once('=').is_none_or(|(found, _)| found != name));
    let mut all: Vec<String> = others.map(str::to_owned).collect();
    all.push(format!("{name}={id}"));
    if let Ok(line) = HeaderValue::try_from(all.join("; ")) {
        headers.insert(COOKIE, line);
    }
}

/// Sends the new id to the browser, unless the response already sets the cookie to something newer: the user signed
/// out, or signed in to another account.
fn hand_over(headers: &mut HeaderMap, name: &str, (carried, fresh): (Id, Id), secure: bool) {
    let start = format!("{name}=");
    let value = |line: &HeaderValue| {
        let line = line.to_str().ok()?.strip_prefix(&start)?;
        Some(line.split(';').next().unwrap_or_default().to_owned())
    };
    let (ours, others): (Vec<HeaderValue>, Vec<HeaderValue>) =
        headers.get_all(SET_COOKIE).iter().cloned().partition(|line| value(line).is_some());
    if ours.iter().filter_map(value).any(|value| value != carried.to_string()) {
        return;
    }
    headers.remove(SET_COOKIE);
    for line in others {
        headers.append(SET_COOKIE, line);
    }
    set_cookie(headers, (name, &fresh.to_string()), None, secure);
}
