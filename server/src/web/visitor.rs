//! Looks up the visitor of every request to the admin app.

use std::sync::Arc;

use app::http::context::{Browser, Visitor};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use licensing::Span;
use service::Origin;
use tower_sessions::{Session, session};

use crate::{
    AppState,
    web::{
        asking::{Asking, see},
        browser::{OurBrowser, end},
        live,
        logins::{LOGIN, Login, RenewLogin},
    },
};

/// A login's last request is stored at most once in this time, so that reading rarely causes a write.
const NOTED_EVERY: Span = Span::minutes(1);
/// Looks up the signed-in account, and provides [`Visitor`] and [`Browser`] to pages and acts.
pub(crate) async fn meet(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(session) = request.extensions().get::<Session>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    let asking = Asking::of(request.headers(), origin.clone());
    let is_unattended = request.uri().path() == live::PATH || request.headers().contains_key(live::UNATTENDED);
    let (visitor, login) = match look_up(&state, &session, &asking, is_unattended).await {
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
            let actor = account.person().oneself(origin.clone());
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
async fn look_up(
    state: &AppState,
    session: &Session,
    asking: &Asking,
    is_unattended: bool,
) -> Result<(Visitor, Option<Login>), Unknown> {
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
    // Otherwise a page that fetches itself would keep its login from ever ending.
    if is_unattended || NOTED_EVERY.after(login.seen) > now {
        return Ok((visitor, Some(login)));
    }
    let seen = Login { seen: now, address: asking.address.clone(), agent: asking.agent.clone(), ..login };
    session.insert(LOGIN, seen.clone()).await?;
    Ok((visitor, Some(seen)))
}
