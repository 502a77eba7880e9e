//! Who asks: every request of the admin app meets its visitor first.

use std::sync::Arc;

use app::context::{Browser, Theme, Visitor};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use licensing::Span;
use service::{Origin, SignedIn};
use tower_sessions::{Session, session};

use crate::{
    AppState,
    browser::{OurBrowser, end, read_cookie},
    logins::{LOGIN, Login},
};

/// A click is noted when the last one that was is older than this, so that reading costs no write.
const NOTED_EVERY: Span = Span::minutes(1);

/// Finds out who is signed in, and gives pages and server functions their [`Visitor`] and [`Browser`].
pub(crate) async fn meet(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(session) = request.extensions().get::<Session>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let (account, provider) = match look_up(&state, &session).await {
        Ok(known) => known,
        Err(error) => {
            tracing::warn!(%error, "whoever asks cannot be looked up");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    let theme = read_cookie(request.headers(), Theme::COOKIE).map(Theme::from_name).unwrap_or_default();
    let visitor = Visitor {
        account: account.map(Into::into),
        theme,
        provider,
        request_id: origin.request_id.unwrap_or_default(),
        address: origin.address,
    };
    let browser = Arc::new(OurBrowser::new(&state, session, request.headers()));
    request.extensions_mut().insert(visitor);
    request.extensions_mut().insert::<Arc<dyn Browser>>(Arc::clone(&browser) as _);

    let mut answer = next.run(request).await;
    browser.write_cookies(answer.headers_mut());
    answer
}

/// Why nobody can be looked up.
#[derive(Debug, thiserror::Error)]
enum Unknown {
    #[error(transparent)]
    Session(#[from] session::Error),
    #[error(transparent)]
    Service(#[from] service::Error),
}

/// Whoever is signed in, as they are now, and the vendor's name.
async fn look_up(state: &AppState, session: &Session) -> Result<(Option<SignedIn>, Option<String>), Unknown> {
    let provider = state.service.provider().await?.name;
    let provider = Some(provider).filter(|name| !name.is_empty());
    let Some(login) = session.get::<Login>(LOGIN).await? else { return Ok((None, provider)) };
    let account = state.service.signed_in(login.account).await?;
    if account.is_none() {
        end(session).await?;
        return Ok((None, provider));
    }
    let now = state.service.clock().now();
    if NOTED_EVERY.after(login.seen) <= now {
        session.insert(LOGIN, Login { seen: now, ..login }).await?;
    }
    Ok((account, provider))
}
