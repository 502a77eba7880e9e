//! Downloads of exports.

use std::sync::Arc;

use app::{
    admin::exports::{EXPORT, Exported, Requested},
    http::{
        address::sign_in_address,
        context::{Browser, Visitor},
    },
};
use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::StatusCode;
use service::{Actor, Origin, Records};

use crate::{AppState, http::download};

/// Sends the export that the act before this request has admitted, once. Without one, redirects to Home.
pub(crate) async fn download(State(state): State<AppState>, request: Request) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
    let Some(account) = &visitor.account else {
        return Redirect::to(&sign_in_address("/")).into_response();
    };
    let Some(browser) = request.extensions().get::<Arc<dyn Browser>>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let kept = browser.take(EXPORT).await.ok().flatten();
    let Some(requested) = kept.and_then(|kept| serde_json::from_str::<Requested>(&kept).ok()) else {
        return Redirect::to("/").into_response();
    };
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    let Ok(actor) = account.person().authorize(requested.what.act().permission(), origin) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    match begin(&state, requested, &visitor, &actor).await {
        Ok(file) => file,
        Err(service::Error::Invalid(_)) => StatusCode::BAD_REQUEST.into_response(),
        Err(service::Error::Forbidden(_)) => StatusCode::FORBIDDEN.into_response(),
        Err(service::Error::NotFound(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(service::Error::Conflict(_)) => StatusCode::CONFLICT.into_response(),
        Err(error) => {
            tracing::warn!(%error, "an export could not begin");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn begin(
    state: &AppState,
    Requested { what, format }: Requested,
    visitor: &Visitor,
    actor: &Actor,
) -> service::Result<Response> {
    let now = state.service.clock().now();
    let exports = state.service.exports();
    let (export, name) = match what {
        Exported::Licenses { query, codes } => {
            let export = state.service.licenses().export(&query, format, codes, actor).await?;
            return Ok(download::answer(export, format, "licenses", now));
        }
        Exported::Decisions(search) => {
            let records = Records::Decisions(search.filter(visitor, now));
            (exports.records(records, &search, format, actor).await?, "decisions")
        }
        Exported::Events(search) => {
            let records = Records::Events(search.filter(visitor, now));
            (exports.records(records, &search, format, actor).await?, "audit-log")
        }
        Exported::Job(id) => {
            let result = state.service.jobs().result(id, format, false, actor).await?;
            return Ok(download::answer(result, format, "job", now));
        }
    };
    Ok(download::answer(export, format, name, now))
}
