//! Downloads of exports.

use std::{io, sync::Arc};

use app::{
    address::sign_in_address,
    admin::licenses::export::{EXPORT, Requested},
    context::{Browser, Visitor},
};
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use futures_util::stream;
use http::{
    HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
};
use licensing::Act;
use service::{Actor, Export, ExportFormat, Origin};

use crate::AppState;

/// Sends the export that the act before this request has admitted, once. Without one, redirects to the list.
pub(crate) async fn download(State(state): State<AppState>, request: Request) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
    let Some(account) = visitor.account else {
        return Redirect::to(&sign_in_address("/licenses")).into_response();
    };
    if !account.role.may(Act::LicensesExport.permission()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(browser) = request.extensions().get::<Arc<dyn Browser>>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let kept = browser.take(EXPORT).await.ok().flatten();
    let Some(Requested { query, format, codes }) = kept.and_then(|kept| serde_json::from_str(&kept).ok()) else {
        return Redirect::to("/licenses").into_response();
    };
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    let actor = Actor::account(account.id, account.acts_as(), origin).with_permission(Act::LicensesExport.permission());
    match state.service.licenses().export(&query, format, codes, &actor).await {
        Ok(export) => answer(export, format, state.service.clock().now().format("%Y-%m-%d").to_string()),
        Err(service::Error::Invalid(_)) => StatusCode::BAD_REQUEST.into_response(),
        Err(service::Error::Forbidden(_)) => StatusCode::FORBIDDEN.into_response(),
        Err(error) => {
            tracing::warn!(%error, "an export could not begin");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Streams an export. An error on the way breaks the connection, so that nobody takes a part for the whole.
fn answer(export: Export, format: ExportFormat, day: String) -> Response {
    let parts = stream::try_unfold(export, |mut export| async move {
        let part = export.part().await.map_err(io::Error::other)?;
        Ok::<_, io::Error>(part.map(|text| (text, export)))
    });
    let (kind, ending) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        ExportFormat::Jsonl => ("application/jsonl; charset=utf-8", "jsonl"),
    };
    let mut response = Response::new(Body::from_stream(parts));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"licenses-{day}.{ending}\"")) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    response
}
