//! The browser's files: script, module, stylesheet, pictures, as `frontend/bundle` made them.
//!
//! A release holds them inside itself, so that it is one file that runs anywhere; a debug build reads them from
//! `target/site`, so that a change of them needs no new server.

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

#[derive(Embed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

/// There is no web build to serve.
#[derive(Debug, thiserror::Error)]
#[error("the browser's half of Latchkey is missing: run `make web`, and for a release build the server after it")]
pub struct Missing;

/// The folder of script, module and stylesheet, as in `pkg/0123456789abcdef`: what `LeptosOptions` calls `site_pkg_dir`.
/// Another content is another folder.
pub fn pkg_dir() -> Result<String, Missing> {
    pkg_dir_of::<Site>()
}

/// The answer to a request for the file at `path` (as in `/favicon.svg`), or nothing where there is no such file.
///
/// Compressed if the client takes it; 304 if the client has it; 405 unless it is asked for with GET or HEAD.
pub fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
    answer_from::<Site>(method, path, headers)
}

/// Says where the files of `pkg/` are; no business of the browser's.
const HASH: &str = "pkg.txt";

/// Content codings, dearest first, and how the bundle names a file in each.
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
        .filter(|(coding, _)| accepts(headers, coding))
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

/// The file's content; hyper leaves it out of the answer to a HEAD, and keeps its length.
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

/// Whether the client names the coding, and not with `q=0`, which says no (RFC 9110, 12.5.3).
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let refuses = |parameter: &str| {
        let weight = parameter.trim().to_ascii_lowercase();
        weight.strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0))
    };
    list(headers, ACCEPT_ENCODING).any(|one| {
        let mut parts = one.split(';');
        parts.next().is_some_and(|name| name.trim().eq_ignore_ascii_case(coding)) && !parts.any(refuses)
    })
}

/// Whether the client says that it has the file of this tag (RFC 9110, 13.1.2: compared as weak tags).
pub(crate) fn has(headers: &HeaderMap, tag: &str) -> bool {
    list(headers, IF_NONE_MATCH).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

/// The members of a header that is a list, over all its lines.
fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// A strong tag: each coding of a file is a file of its own, with its own.
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
