//! Hides e-mail addresses from viewers, if the settings say so.
//!
//! This runs on the responses of all pages and acts, new ones included: everything that looks like an
//! address in a response to a viewer is masked, except the viewer's own.

use std::sync::Arc;

use app::http::context::Browser;
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, header::CONTENT_LENGTH};
use licensing::Role;

use crate::AppState;

/// Replacement for an address.
const MASK: &str = "•••";
/// Maximum size of a response, in bytes. No response of ours is larger.
const LONGEST_RESPONSE: usize = 16 * 1024 * 1024;

/// Masks addresses in responses to viewers.
pub(crate) async fn mask(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let browser = request.extensions().get::<Arc<dyn Browser>>().cloned();
    let answer = next.run(request).await;
    // Checked after the response, since a form may have signed the user in.
    let visitor = match browser.filter(|_| state.config.hide_emails_from_viewers) {
        Some(browser) => browser.visitor().await.unwrap_or_default(),
        None => return answer,
    };
    let Some(viewer) = visitor.account.filter(|account| account.role == Role::Viewer).map(|account| account.id) else {
        return answer;
    };
    let own = match state.service.store().read().await {
        Ok(mut reading) => reading.on().account(viewer).await.ok().flatten().map(|account| account.email),
        Err(_) => None,
    };
    masked_body(answer, own.as_deref()).await
}

/// Masks every address in a response, except `own`.
pub(crate) async fn masked_body(answer: Response, own: Option<&str>) -> Response {
    let (mut parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, LONGEST_RESPONSE).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    parts.headers.remove(CONTENT_LENGTH);
    match str::from_utf8(&bytes) {
        Ok(text) if text.contains('@') => Response::from_parts(parts, Body::from(masked(text, own))),
        _ => Response::from_parts(parts, Body::from(bytes)),
    }
}

/// Returns the text with every address masked, except `own`. The `@` may be plain, or `%40` in a link.
fn masked(text: &str, own: Option<&str>) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let plain = rest.find('@').map(|at| (at, 1));
        let escaped = rest.find("%40").map(|at| (at, 3));
        let Some((at, length)) = plain.into_iter().chain(escaped).min() else { break };
        let (before, after) = (rest.get(..at).unwrap_or_default(), rest.get(at + length..).unwrap_or_default());
        let begins = before.rfind(|c: char| !in_local(c)).map_or(0, |i| i + before.get(i..).map_or(1, first_len));
        let ends = after.find(|c: char| !in_domain(c)).unwrap_or(after.len());
        let (local, domain) = (before.get(begins..).unwrap_or_default(), after.get(..ends).unwrap_or_default());
        let ours = own.is_some_and(|own| own.eq_ignore_ascii_case(&format!("{local}@{domain}")));
        masked.push_str(before.get(..begins).unwrap_or_default());
        if ours || local.is_empty() || domain.is_empty() {
            masked.push_str(local);
            masked.push_str(rest.get(at..at + length).unwrap_or_default());
            masked.push_str(domain);
        } else {
            masked.push_str(MASK);
        }
        rest = after.get(ends..).unwrap_or_default();
    }
    masked.push_str(rest);
    masked
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

/// Returns `true` for a character of the part before the `@`: anything except the delimiters of JSON and HTML.
fn in_local(c: char) -> bool {
    !(c.is_whitespace()
        || c.is_control()
        || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')' | ',' | ';' | ':' | '\\' | '=' | '&' | '?' | '/'))
}

fn in_domain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-')
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn an_address_is_covered_wherever_it_stands() {
        for (text, expected) in [
            ("{\"email\":\"ada+x@acme.example\"}", "{\"email\":\"•••\"}"),
            ("<td>Ada Lovelace ada@acme.example</td>", "<td>Ada Lovelace •••</td>"),
            ("<a href=\"/licenses?q=ada%40acme.example\">", "<a href=\"/licenses?q=•••\">"),
            ("two a@b.c, and zoë@exämple.com.", "two •••, and •••"),
            ("no address: @ alone, foo@ and @bar", "no address: @ alone, foo@ and @bar"),
            ("mine: me@here.example", "mine: me@here.example"),
            ("", ""),
        ] {
            assert_eq!(masked(text, Some("me@here.example")), expected);
        }
    }
}
