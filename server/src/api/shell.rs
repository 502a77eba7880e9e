//! The shell of the API's own pages, which are not part of the admin app.

use axum::response::Html;
use leptos::prelude::*;

/// Writes a page with this title, further elements of its head, and its body.
pub(super) fn document(title: &str, head: impl IntoView, body: impl IntoView) -> Html<String> {
    let page = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{title.to_owned()}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                {head}
            </head>
            <body>{body}</body>
        </html>
    };
    // Leptos writes hydration markers. These pages are never hydrated, and their titles would show them.
    let page = page.to_html().replace("<!>", "");
    Html(format!("<!DOCTYPE html>{page}"))
}
