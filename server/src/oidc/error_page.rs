//! The page after a sign-in that failed.

use app::http::context::SignInNotice;
use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::Method;
use leptos_axum::render_app_async_with_context;
use service::Origin;

use super::{provider::Provider, sign_in_error::SignInError};
use crate::{AppState, web::leptos_context};

/// Shows the sign-in page with the error at the top, and records the error in the log and the audit log.
pub(super) async fn tell(state: &AppState, provider: &Provider, error: SignInError, mut request: Request) -> Response {
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
    let draw =
        render_app_async_with_context(move || leptos_context::provide(&inner), move || app::shell(leptos.clone()));
    let mut page = draw(request).await.into_response();
    *page.status_mut() = error.status();
    page
}
