//! Start of a sign-in: the redirect from our sign-in page to the provider's.

use std::sync::Arc;

use app::{
    admin::FRESH_FOR,
    http::{
        address::{self, sign_in_address},
        context::Browser as _,
        done::Done,
    },
};
use axum::{
    Extension,
    extract::{Path, Query, Request, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode};
use openidconnect::{
    CsrfToken, Nonce, PkceCodeChallenge, Scope,
    core::{CoreAuthPrompt, CoreAuthenticationFlow},
};
use serde::Deserialize;

use super::{
    authorization_attempt::{Attempt, keep},
    deadline::in_time,
    error_page::tell,
    provider::Provider,
    redirect::{go, redirect_uri},
    sign_in_error::SignInError,
};
use crate::{
    AppState,
    web::{browser::OurBrowser, csrf::followed_from, logins::CurrentLogin},
};

/// Query of the sign-in link.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SignInQuery {
    /// Path to return to afterwards.
    #[serde(default)]
    to: String,
    /// Not empty if the person must authenticate again.
    #[serde(default)]
    again: String,
    /// Not empty if the identity is to be connected to the signed-in account.
    #[serde(default)]
    connect: String,
}

/// Page on which identities are connected.
const ACCOUNT: &str = "/settings/account";

/// `GET …/{provider}`: target of the provider's button. Accepted only from our own pages; otherwise another website
/// could start a sign-in on behalf of its visitor.
pub(super) async fn begin(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(query): Query<SignInQuery>,
    Extension(browser): Extension<Arc<OurBrowser>>,
    request: Request,
) -> Response {
    let Some(provider) = state.providers.by_id(&id) else { return StatusCode::NOT_FOUND.into_response() };
    if !followed_from(request.headers(), &state.config.public_url) {
        return go(&sign_in_address(address::own_short(&query.to)), HeaderMap::new());
    }
    let connect = if query.connect.is_empty() {
        None
    } else {
        match current_login(&state, &browser).await {
            Ok(Some(current_login)) => Some(current_login),
            // A new way to sign in is as sensitive as a new role, so it needs a fresh proof. The sign-in page asks for
            // it, and leads back.
            Ok(None) => return go(&again_address(), HeaderMap::new()),
            Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    };
    match in_time(address_of(&state, provider, (&query, connect), request.headers())).await {
        Ok((to, headers)) => go(&to, headers),
        Err(error) => tell(&state, provider, error, request).await,
    }
}

/// Returns the signed-in account and login, if they gave a fresh proof recently.
async fn current_login(state: &AppState, browser: &OurBrowser) -> Result<Option<CurrentLogin>, app::Error> {
    let now = state.service.clock().now();
    let fresh = browser.proved_at().is_some_and(|at| now < FRESH_FOR.after(at));
    if fresh { browser.current_login().await } else { Ok(None) }
}

fn again_address() -> String {
    format!("/sign-in{}", address::query_with(&address::query_with("", "to", Some(ACCOUNT)), "again", Some("1")))
}

/// Returns the URL of the provider's page, and the headers that store the attempt.
async fn address_of(
    state: &AppState,
    provider: &Arc<Provider>,
    (query, connect): (&SignInQuery, Option<CurrentLogin>),
    brought: &HeaderMap,
) -> Result<(String, HeaderMap), SignInError> {
    if !state.service.accounts().has_owner().await? {
        return Err(SignInError::NoOwner);
    }
    let known = provider.known().await?;
    let client = provider.client(&known, redirect_uri(state, provider))?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let again = !query.again.is_empty();
    let mut asked = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        // The library adds `openid`, which comes first in the settings.
        .add_scopes(provider.settings.scopes.iter().skip(1).cloned().map(Scope::new))
        .set_pkce_challenge(challenge);
    if again {
        asked = asked.add_prompt(CoreAuthPrompt::Login).set_max_age(std::time::Duration::ZERO);
    }
    let (url, csrf, nonce) = asked.url();
    let attempt = Attempt {
        id: state.service.clock().id(),
        provider: provider.settings.id.clone(),
        state: csrf.into_secret(),
        nonce: nonce.secret().clone(),
        verifier: verifier.into_secret(),
        to: match connect {
            Some(_) => format!("{ACCOUNT}?{}={}", Done::KEY, Done::IdentityConnected.key()),
            None => address::own_short(&query.to).to_owned(),
        },
        began: state.service.clock().now(),
        again,
        connect,
    };
    let mut headers = HeaderMap::new();
    keep((&state.service, &state.config), &attempt, brought, &mut headers)?;
    Ok((url.into(), headers))
}
