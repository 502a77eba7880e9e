//! `GET /api/docs`: the API's calls with "Try it out", shown by Swagger UI.

use axum::{extract::State, http::header::CONTENT_SECURITY_POLICY, response::IntoResponse};
use leptos::prelude::*;

use super::shell;

/// Swagger UI draws its icons from `data:` addresses, and sends requests to this server only. It does not support trusted
/// types.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers the page. Without scripts, it links to the document.
pub(super) async fn page(State(options): State<LeptosOptions>) -> impl IntoResponse {
    let file = |name: &str| format!("/{}/docs/{name}", options.site_pkg_dir);
    let head = view! {
        <link rel="stylesheet" href=file("swagger-ui.css") />
        <link rel="stylesheet" href=file("latchkey.css") />
        <script src=file("swagger-ui-bundle.js") defer></script>
        <script src=file("start.js") defer></script>
    };
    let body = view! {
        <nav class="head">
            <a href="/">"Latchkey"</a>
            <a href="/problems">"Problems"</a>
            <a href="/api/openapi.json">"OpenAPI document"</a>
        </nav>
        <noscript>
            <p class="head">
                "This page needs JavaScript. The OpenAPI document above describes the same calls."
            </p>
        </noscript>
        <main id="docs"></main>
    };
    ([(CONTENT_SECURITY_POLICY, POLICY)], shell::document("API · Latchkey", head, body))
}
