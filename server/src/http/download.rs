//! Exports as downloads.

use std::io;

use axum::{body::Body, response::Response};
use chrono::{DateTime, Utc};
use futures_util::stream;
use http::{
    HeaderValue,
    header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
};
use service::{ExportFormat, Parts};

/// Media type of CSV.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";
/// Media type of JSON Lines.
pub(crate) const JSON_LINES: &str = "application/jsonl; charset=utf-8";

/// Streams an export of `what` as a file. An error on the way breaks the connection, so that a part is never taken for the
/// whole.
pub(crate) fn answer(parts: impl Parts, format: ExportFormat, what: &str, now: DateTime<Utc>) -> Response {
    let parts = stream::try_unfold(parts, |mut parts| async move {
        let part = parts.part().await.map_err(io::Error::other)?;
        Ok::<_, io::Error>(part.map(|text| (text, parts)))
    });
    let (kind, ending) = match format {
        ExportFormat::Csv => (CSV, "csv"),
        ExportFormat::Jsonl => (JSON_LINES, "jsonl"),
    };
    let mut response = Response::new(Body::from_stream(parts));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let day = now.format("%Y-%m-%d");
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{what}-{day}.{ending}\"")) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    response
}
