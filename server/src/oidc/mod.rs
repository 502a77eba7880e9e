//! Sign-in at identity providers (OpenID Connect Core 1.0, authorization code flow).
//!
//! `outbound` makes the calls to a provider, `provider` caches its documents, `exchange` requests tokens, and `claims`
//! reads them. `begin`, `callback` and `leave` are visited by browsers; `check` re-checks signed-in accounts;
//! `backchannel` is called by the provider.

mod access;
mod authorization_attempt;
mod backchannel;
mod begin;
mod callback;
mod check;
mod claims;
mod document;
mod exchange;
mod leave;
mod outbound;
mod provider;
mod sign_in_error;
mod token_answer;

use std::{sync::Arc, time::Duration};

use app::context::SignInNotice;
use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use http::{Method, StatusCode, header::ALLOW};
use leptos_axum::render_app_async_with_context;
use service::Origin;
use tokio::{sync::Mutex, time::timeout};

use crate::{AppState, Config, context, edge::Head};
use outbound::Outbound;
use provider::Provider;
use sign_in_error::SignInError;

pub(crate) use access::NotKnown;
pub(crate) use authorization_attempt::{LEAVING, is_attempt};
pub(crate) use leave::{PATH as LEAVE, leaving};

/// Number of locks among which upstream sessions are spread, so that two of them rarely wait for each other.
const CHECKS: usize = 1024;

/// Time limit for a provider in one step of a sign-in, with all its responses; less than a request may take.
const IN_TIME: Duration = Duration::from_secs(8);

/// Awaits the provider, up to [`IN_TIME`].
async fn in_time<T>(response: impl Future<Output = Result<T, SignInError>>) -> Result<T, SignInError> {
    let late = |_| Err(SignInError::Away(format!("it did not answer everything within {} seconds", IN_TIME.as_secs())));
    timeout(IN_TIME, response).await.unwrap_or_else(late)
}

/// The configured identity providers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Providers(Arc<Inner>);

struct Inner {
    all: Vec<Arc<Provider>>,
    /// Locks for checks: of the requests of one login, one asks the provider and the others wait for its result.
    checks: [Mutex<()>; CHECKS],
}

impl std::fmt::Debug for Providers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.all.iter().map(|provider| &provider.settings.id)).finish()
    }
}

impl Providers {
    /// Creates the configured providers, without calling them.
    pub(crate) fn new(config: &Config) -> Self {
        let trust = if config.oidc.is_empty() { None } else { Outbound::trust() };
        let all =
            config.oidc.iter().map(|settings| Provider::new(settings.clone(), Outbound::to(settings, trust.clone())));
        Self(Arc::new(Inner { all: all.collect(), checks: [const { Mutex::const_new(()) }; CHECKS] }))
    }

    /// Fetches every provider's documents, so that the first sign-in need not wait. An unavailable provider is asked
    /// again when someone signs in there.
    pub(crate) async fn begin(self) {
        for provider in &self.0.all {
            match provider.known().await {
                Ok(_) => {
                    tracing::info!(provider = provider.settings.id, "sign-in at the identity provider is available")
                }
                Err(error) => {
                    tracing::warn!(provider = provider.settings.id, %error, "the identity provider is not available yet")
                }
            }
        }
    }

    fn by_id(&self, id: &str) -> Option<&Arc<Provider>> {
        self.0.all.iter().find(|provider| provider.settings.id == id)
    }

    fn by_issuer(&self, issuer: &str) -> Option<&Arc<Provider>> {
        self.0.all.iter().find(|provider| provider.settings.issuer == issuer)
    }
}

/// Routes for browsers; they belong inside the layers of the admin app. After an error, the sign-in page is shown at
/// these URLs and posts its form to them, so posts go to `forms`.
pub(crate) fn routes(forms: &Router) -> Router<AppState> {
    Router::new()
        .route("/sign-in/oidc/{provider}", get(begin::begin).post_service(forms.clone()))
        .route("/sign-in/oidc/{provider}/callback", get(callback::callback).post_service(forms.clone()))
        .route("/sign-out/oidc", get(leave::leave))
        .route_layer(from_fn(not_by_head))
}

/// Refuses `HEAD`: these routes start, use up or end something, and a safe method must not (RFC 9110 §9.2.1).
async fn not_by_head(request: Request, next: Next) -> Response {
    if request.extensions().get::<Head>().is_some() {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET")]).into_response();
    }
    next.run(request).await
}

/// Routes that providers call.
pub(crate) fn backchannel() -> Router<AppState> {
    Router::new().route("/sign-in/oidc/{provider}/backchannel-logout", post(backchannel::sign_out))
}

/// Returns the redirect URI of a provider.
fn redirect_uri(state: &AppState, provider: &Provider) -> String {
    format!("{}/sign-in/oidc/{}/callback", state.config.public_url, provider.settings.id)
}

/// Shows the sign-in page with the error at the top, and records the error in the log and the audit log.
async fn tell(state: &AppState, provider: &Provider, error: SignInError, mut request: Request) -> Response {
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    let id = &provider.settings.id;
    if state.service.may_warn() {
        tracing::warn!(provider = id, ?error, "a sign-in did not succeed");
    }
    if let Some(why) = error.event()
        && let Err(error) = state.service.identity().note_failed_sign_in(id, &why, origin).await
    {
        tracing::warn!(%error, "the event of a failed sign-in could not be stored");
    }
    request.extensions_mut().insert::<SignInNotice>(error.notice(&provider.settings));
    *request.method_mut() = Method::GET;
    let (inner, leptos) = (state.clone(), state.leptos.clone());
    let draw = render_app_async_with_context(move || context::provide(&inner), move || app::shell(leptos.clone()));
    let mut page = draw(request).await.into_response();
    *page.status_mut() = error.status();
    page
}
