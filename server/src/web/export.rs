//! Downloads of exports.

use std::sync::Arc;

use app::{
    address::sign_in_address,
    admin::licenses::export::{EXPORT, Requested},
    context::{Browser, Visitor},
};
use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::StatusCode;
use licensing::Act;
use service::Origin;

use crate::{AppState, http::download};

/// Sends the export that the act before this request has admitted, once. Without one, redirects to the list.
pub(crate) async fn download(State(state): State<AppState>, request: Request) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
    let Some(account) = visitor.account else {
        return Redirect::to(&sign_in_address("/licenses")).into_response();
    };
    let Some(browser) = request.extensions().get::<Arc<dyn Browser>>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let kept = browser.take(EXPORT).await.ok().flatten();
    let Some(Requested { query, format, codes }) = kept.and_then(|kept| serde_json::from_str(&kept).ok()) else {
        return Redirect::to("/licenses").into_response();
    };
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    let act = if codes { Act::ExportsCodes } else { Act::ExportsRun };
    let Ok(actor) = account.person().authorize(act.permission(), origin) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    match state.service.licenses().export(&query, format, codes, &actor).await {
        Ok(export) => download::answer(export, format, "licenses", state.service.clock().now()),
        Err(service::Error::Invalid(_)) => StatusCode::BAD_REQUEST.into_response(),
        Err(service::Error::Forbidden(_)) => StatusCode::FORBIDDEN.into_response(),
        Err(error) => {
            tracing::warn!(%error, "an export could not begin");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
