//! End of a sign-in: the redirect from the provider's page back to ours.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, Request, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode};
use licensing::Span;
use service::{Claimed, Connecting, Entrance, NewUpstreamSession, Origin, Service, numeric_date};
use uuid::Uuid;

use super::{
    authorization_attempt::{Attempt, LONGEST, brought, forget},
    claims::{id, person},
    deadline::in_time,
    error_page::tell,
    exchange::Verified,
    provider::Provider,
    redirect::{go, redirect_uri},
    sign_in_error::SignInError,
};
use crate::{
    AppState,
    web::{browser::OurBrowser, logins::CurrentLogin},
};

/// Tolerance for clocks that differ: a fresh sign-in may be this much earlier than the attempt, or later than now.
const AHEAD: Span = Span::seconds(60);

/// The provider's response in the query of the callback (RFC 6749 §4.1.2). A repeated parameter invalidates it.
#[derive(Debug, Default)]
struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

impl Answer {
    fn read(query: &str) -> Result<Self, SignInError> {
        let mut answer = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match name.as_ref() {
                "state" => &mut answer.state,
                "code" => &mut answer.code,
                "error" => &mut answer.error,
                "iss" => &mut answer.iss,
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return Err(SignInError::Stale("the answer has a parameter twice"));
            }
        }
        Ok(answer)
    }
}

/// Result of a completed attempt.
struct Arrival {
    /// The account to sign in and its upstream session; `None` if a signed-in user connected an identity.
    comes_in: Option<(Uuid, Uuid)>,
    to: String,
}

/// `GET …/callback` (RFC 6749 §4.1.2). Ends the attempt whose state it has, whatever the result. Attempts in other tabs
/// continue.
pub(super) async fn callback(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    Extension(browser): Extension<Arc<OurBrowser>>,
    request: Request,
) -> Response {
    let Some(provider) = state.providers.by_id(&provider) else { return StatusCode::NOT_FOUND.into_response() };
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    let read = Answer::read(request.uri().query().unwrap_or_default()).and_then(|answer| {
        let attempt = brought((&state.service, &state.config), answer.state.as_deref(), request.headers());
        Ok((attempt.map_err(SignInError::Stale)?, answer))
    });
    let connects = read.as_ref().is_ok_and(|(attempt, _)| attempt.connect.is_some());
    let mut over = HeaderMap::new();
    if let Ok((attempt, _)) = &read {
        forget(&state.config, &attempt.state, &mut over);
    }
    let arrived = match read {
        Ok((attempt, answer)) => arrive(&state, provider, (attempt, &browser), answer, origin).await,
        Err(error) => Err(error),
    };
    match arrived {
        Ok(Arrival { comes_in: None, to }) => go(&to, over),
        Ok(Arrival { comes_in: Some((account, upstream_session)), to }) => {
            match browser.come_in(account, Some(upstream_session)).await {
                Ok(()) => go(&to, over),
                Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            }
        }
        Err(error) => {
            let error = if connects { SignInError::NotConnected(Box::new(error)) } else { error };
            let mut page = tell(&state, provider, error, request).await;
            page.headers_mut().extend(over);
            page
        }
    }
}

async fn arrive(
    state: &AppState,
    provider: &Arc<Provider>,
    (attempt, browser): (Attempt, &OurBrowser),
    answer: Answer,
    origin: Origin,
) -> Result<Arrival, SignInError> {
    let service = &state.service;
    let now = service.clock().now();
    if attempt.provider != provider.settings.id {
        return Err(SignInError::Stale("the attempt was for another provider"));
    }
    if LONGEST.after(attempt.began) <= now {
        return Err(SignInError::Stale("the attempt is older than ten minutes"));
    }
    let current_login = browser.current_login().await.map_err(|_| service::Error::Unavailable)?;
    if attempt.connect.is_some() && attempt.connect != current_login {
        return Err(SignInError::Stale("the attempt to connect was made by another login"));
    }
    let verified = in_time(heard(state, provider, &attempt, answer)).await?;

    let claimed = person(&verified.claims, &verified.subject, &provider.settings);
    if let Some(current_login) = attempt.connect {
        let by = (attempt.id, provider.settings.id.as_str());
        return match connect(service, &claimed, by, current_login, origin).await? {
            Connecting::Connected => Ok(Arrival { comes_in: None, to: attempt.to }),
            Connecting::Anothers => Err(SignInError::Anothers),
        };
    }
    let (subject, email) = (claimed.subject.clone(), claimed.email.as_ref().map(ToString::to_string));
    let upstream_session = NewUpstreamSession {
        attempt: attempt.id,
        provider: provider.settings.id.clone(),
        sid: id(&verified.claims, "sid").map(str::to_owned),
        tokens: verified.tokens,
    };
    match service.identity().sign_in_with_identity(claimed, upstream_session, origin).await? {
        Entrance::In(person) => Ok(Arrival { comes_in: Some((person.id, attempt.id)), to: attempt.to }),
        Entrance::NoRole(name) => Err(SignInError::NoRole { name, subject, email }),
        Entrance::Disabled(name) => Err(SignInError::Disabled(name)),
        Entrance::NoOwner => Err(SignInError::NoOwner),
    }
}

/// Connects the identity to the account that started the attempt and is still signed in.
async fn connect(
    service: &Service,
    claimed: &Claimed,
    by: (Uuid, &str),
    current_login: CurrentLogin,
    origin: Origin,
) -> Result<Connecting, service::Error> {
    let person = service.accounts().signed_in(current_login.account).await?;
    let person = person.ok_or_else(|| service::Error::Forbidden("This account may no longer sign in.".to_owned()))?;
    service.identity().connect_identity(claimed, by, &person.oneself(origin)).await
}

/// Exchanges the code, and returns what the provider says about the person.
async fn heard(
    state: &AppState,
    provider: &Arc<Provider>,
    attempt: &Attempt,
    answer: Answer,
) -> Result<Verified, SignInError> {
    let now = state.service.clock().now();
    let known = provider.known().await?;
    // RFC 9207 §2.4: refuses a response from another issuer, and one without an issuer if the provider always names it.
    let must = known.document.names_issuer;
    match &answer.iss {
        Some(issuer) if *issuer != provider.settings.issuer => {
            return Err(SignInError::Untrusted("the answer comes from another issuer".to_owned()));
        }
        None if must => return Err(SignInError::Untrusted("the answer does not name its issuer".to_owned())),
        Some(_) | None => {}
    }
    if let Some(error) = answer.error {
        return Err(reported(&error));
    }
    let code = answer.code.filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| SignInError::Untrusted("the answer has no code".to_owned()))?;
    let client = provider.client(&known, redirect_uri(state, provider))?;
    let mut verified = provider.exchange(&state.service, &client, code, attempt).await?;
    if attempt.again {
        let at = verified.claims.get("auth_time").and_then(numeric_date);
        if at.is_none_or(|at| at < AHEAD.before(attempt.began) || at > AHEAD.after(now)) {
            return Err(SignInError::NotAgain);
        }
    }
    provider.completed(&known, &mut verified).await?;
    Ok(verified)
}

/// Interprets an error that the provider reports in the callback (RFC 6749 §4.1.2.1).
fn reported(error: &str) -> SignInError {
    match error {
        "access_denied" => SignInError::Denied,
        "temporarily_unavailable" | "server_error" => SignInError::Away(format!("it reports {error}")),
        other => SignInError::Reported(other.chars().filter(char::is_ascii_graphic).take(60).collect()),
    }
}
