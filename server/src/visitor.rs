//! Looks up the visitor of every request to the admin app.

use std::sync::Arc;

use app::context::{Browser, Theme, Visitor};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode, header::USER_AGENT};
use licensing::{Role, Span};
use service::{Actor, Origin, SignedIn};
use tower_sessions::{Session, session};

use crate::{
    AppState,
    browser::{OurBrowser, end, read_cookie},
    logins::{LOGIN, Login, RenewLogin},
};

/// A login's last request is stored at most once in this time, so that reading rarely causes a write.
const NOTED_EVERY: Span = Span::minutes(1);
/// Maximum length of the stored user agent, in characters.
const LONGEST_AGENT: usize = 200;

/// Facts about the browser that sent a request, whether or not a user is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) address: Option<String>,
    pub(crate) agent: Option<String>,
    request_id: String,
    theme: Theme,
}

impl Asking {
    fn of(headers: &HeaderMap, origin: Origin) -> Self {
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        Self {
            address: origin.address,
            agent: agent.map(|agent| agent.chars().take(LONGEST_AGENT).collect()),
            request_id: origin.request_id.unwrap_or_default(),
            theme: read_cookie(headers, Theme::COOKIE).map(Theme::from_name).unwrap_or_default(),
        }
    }

    /// Returns the origin for the audit log.
    pub(crate) fn origin(&self) -> Origin {
        Origin { address: self.address.clone(), request_id: Some(self.request_id.clone()) }
    }
}

/// Looks up the signed-in account, and provides [`Visitor`] and [`Browser`] to pages and acts.
pub(crate) async fn meet(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(session) = request.extensions().get::<Session>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    let asking = Asking::of(request.headers(), origin.clone());
    let (visitor, login) = match look_up(&state, &session, &asking).await {
        Ok(known) => known,
        Err(error) => {
            tracing::warn!(%error, "the visitor of a request cannot be looked up");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let renew = request.extensions().get::<RenewLogin>().cloned().unwrap_or_default();
    let browser = Arc::new(OurBrowser::new(&state, session, request.headers(), (login, asking, renew)));
    request.extensions_mut().insert(Arc::clone(&browser));
    request.extensions_mut().insert(visitor.clone());
    request.extensions_mut().insert::<Arc<dyn Browser>>(Arc::clone(&browser) as _);

    let mut answer = next.run(request).await;
    browser.write_cookies(answer.headers_mut());
    if let Some(account) = visitor.account {
        for act in browser.refused() {
            let actor = Actor::account(account.id, account.acts_as(), origin.clone());
            if let Err(error) = state.service.accounts().note_refused_act(act, &actor).await {
                tracing::error!(%error, act, "the event of a refused act could not be stored");
            }
        }
    }
    answer
}

/// Error of looking up a visitor.
#[derive(Debug, thiserror::Error)]
enum Unknown {
    #[error(transparent)]
    Session(#[from] session::Error),
    #[error(transparent)]
    Service(#[from] service::Error),
}

/// Returns the visitor as of now, and the login if it is still valid.
async fn look_up(state: &AppState, session: &Session, asking: &Asking) -> Result<(Visitor, Option<Login>), Unknown> {
    let Some(login) = session.get::<Login>(LOGIN).await? else {
        return Ok((see(state, None, asking).await?.0, None));
    };
    // The check comes before the account is read, since it may change the role.
    if let Some(upstream_session) = login.upstream_session
        && !state.providers.check(state, upstream_session, asking.origin()).await?
    {
        end(session).await?;
        return Ok((see(state, None, asking).await?.0, None));
    }
    let (visitor, known) = see(state, Some(&login), asking).await?;
    if !known {
        end(session).await?;
        return Ok((visitor, None));
    }
    let now = state.service.clock().now();
    if NOTED_EVERY.after(login.seen) > now {
        return Ok((visitor, Some(login)));
    }
    let seen = Login { seen: now, address: asking.address.clone(), agent: asking.agent.clone(), ..login };
    session.insert(LOGIN, seen.clone()).await?;
    Ok((visitor, Some(seen)))
}

/// Returns the visitor for this login, and `true` if its account exists and may sign in.
pub(crate) async fn see(
    state: &AppState,
    login: Option<&Login>,
    asking: &Asking,
) -> Result<(Visitor, bool), service::Error> {
    let provider = state.service.vendor().provider().await?;
    let account = match login {
        Some(login) => state.service.accounts().signed_in(login.account).await?,
        None => None,
    };
    let known = account.is_some();
    let account = account.map(|account| seen_as(account, login.and_then(|login| login.seen_as)));
    let supports = account.as_ref().is_some_and(|account| account.role == Role::Support);
    let views = account.as_ref().is_some_and(|account| account.role == Role::Viewer);
    let visitor = Visitor {
        account,
        passwords_off: !state.service.local_sign_in().is_on().await?,
        hides_emails: state.config.hide_emails_from_viewers && views,
        releases_per_day: state.config.support_releases_per_day.filter(|_| supports),
        theme: asking.theme,
        provider: Some(provider.name.clone()).filter(|name| !name.is_empty()),
        request_id: asking.request_id.clone(),
        address: asking.address.clone(),
    };
    Ok((visitor, known))
}

/// Returns the account, with the lower role as which an owner views the app. Other accounts, and higher roles, are
/// unaffected.
fn seen_as(account: SignedIn, wanted: Option<Role>) -> app::context::SignedIn {
    let own = account.role;
    let mut seen = app::context::SignedIn::from(account);
    if let Some(role) = wanted.filter(|role| own == Role::Owner && *role < own) {
        seen.role = role;
        seen.really = Some(own);
    }
    seen
}
