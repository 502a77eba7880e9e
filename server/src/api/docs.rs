//! `GET /api/docs`: the API's calls with "Try it out", shown by Swagger UI.

use axum::{
    extract::State,
    http::header::CONTENT_SECURITY_POLICY,
    response::{Html, IntoResponse},
};
use leptos::prelude::*;

/// Swagger UI draws its icons from `data:` addresses, and sends requests to this server only. It does not support trusted
/// types.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers the page. Without scripts, it links to the document.
pub(super) async fn page(State(options): State<LeptosOptions>) -> impl IntoResponse {
    let file = |name: &str| format!("/{}/docs/{name}", options.site_pkg_dir);
    let page = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>"API · Latchkey"</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=file("swagger-ui.css") />
                <link rel="stylesheet" href=file("latchkey.css") />
                <script src=file("swagger-ui-bundle.js") defer></script>
                <script src=file("start.js") defer></script>
            </head>
            <body>
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
            </body>
        </html>
    };
    // Leptos writes hydration markers. This page is never hydrated, and its title would show them.
    let page = page.to_html().replace("<!>", "");
    ([(CONTENT_SECURITY_POLICY, POLICY)], Html(format!("<!DOCTYPE html>{page}")))
}
