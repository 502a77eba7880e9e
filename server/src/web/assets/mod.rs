//! The browser's files: scripts, WebAssembly, stylesheet and images, as built by `frontend/bundle`.
//!
//! A release build embeds them, so that it is a single file that runs anywhere. A debug build reads them from
//! `target/site`, so that changing them does not require rebuilding the server.
//!
//! tower-http's `ServeDir` serves no embedded files. `memory-serve` compresses them itself, though the bundle is
//! compressed already.

use std::borrow::Cow;

use axum::{
    body::{Body, Bytes},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY},
    },
    response::{IntoResponse, Response},
};
use rust_embed::{Embed, EmbeddedFile};

use crate::http::accept::{accepted, list};

#[derive(Embed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

/// The browser's files have not been built.
#[derive(Debug, thiserror::Error)]
#[error("the browser's files are missing: run `make web`, and for a release rebuild the server afterwards")]
pub struct Missing;

/// Returns the folder of scripts and stylesheet, as in `pkg/0123456789abcdef`: the `site_pkg_dir` of `LeptosOptions`.
/// The folder's name changes with its content.
///
/// # Errors
/// Returns an error if the files have not been built.
pub fn pkg_dir() -> Result<String, Missing> {
    pkg_dir_of::<Site>()
}

/// Answers a request for the file at `path` (as in `/favicon.svg`); `None` if there is no such file.
///
/// The file is compressed if the client accepts it. Answers 304 if the client already has it, and 405 to methods other
/// than GET and HEAD.
pub fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
    answer_from::<Site>(method, path, headers)
}

/// File with the name of the folder in `pkg/`; not served.
const HASH: &str = "pkg.txt";

/// Content codings in order of preference, with the suffix of the bundle's files in each.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

fn pkg_dir_of<Files: Embed>() -> Result<String, Missing> {
    let hash = Files::get(HASH).ok_or(Missing)?;
    Ok(format!("pkg/{}", String::from_utf8_lossy(&hash.data).trim()))
}

fn answer_from<Files: Embed>(method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
    let path = path.strip_prefix('/').filter(|path| *path != HASH)?;
    let plain = Files::get(path)?;
    if method != Method::GET && method != Method::HEAD {
        return Some((StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response());
    }
    let (file, coding) = CODINGS
        .into_iter()
        .filter(|(coding, _)| accepted(headers, ACCEPT_ENCODING).any(|accepted| accepted == *coding))
        .find_map(|(coding, ending)| Some((Files::get(&format!("{path}{ending}"))?, Some(coding))))
        .unwrap_or((plain, None));

    let tag = tag(&file);
    let mut answer =
        if has(headers, &tag) { StatusCode::NOT_MODIFIED.into_response() } else { whole(file, path, coding) };
    let lasting = if path.starts_with("pkg/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    set(&mut answer, CACHE_CONTROL, lasting);
    set(&mut answer, VARY, "accept-encoding");
    set(&mut answer, ETAG, &tag);
    Some(answer)
}

/// Builds the response with the file's content. For HEAD, hyper omits the content and keeps its length.
fn whole(file: EmbeddedFile, path: &str, coding: Option<&str>) -> Response {
    let content = match file.data {
        Cow::Borrowed(content) => Bytes::from_static(content),
        Cow::Owned(content) => Bytes::from(content),
    };
    let mut answer = Response::new(Body::from(content));
    set(&mut answer, CONTENT_TYPE, kind(path));
    if let Some(coding) = coding {
        set(&mut answer, CONTENT_ENCODING, coding);
    }
    answer
}

fn set(answer: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

/// Returns `true` if `If-None-Match` contains the tag, by weak comparison (RFC 9110 §13.1.2). Our tags contain no commas,
/// so that the crate `headers` would only replace one line.
pub(crate) fn has(headers: &HeaderMap, tag: &str) -> bool {
    list(headers, IF_NONE_MATCH).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

/// Returns a strong `ETag`: each coding of a file is a separate file with its own tag.
fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("ico") => "image/x-icon",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json" | "webmanifest") => "application/json",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
