//! `GET /problems` and `/problems/{code}`: what a problem's `type` leads to. Plain pages, for people who met one.

mod words;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use leptos::prelude::*;

use super::problem::Code;
use words::Words;

/// Answers the list of all problem codes.
pub(super) async fn list(State(options): State<LeptosOptions>) -> Response {
    let rows = Code::ALL.map(|code| {
        view! {
            <tr>
                <td class="min num">{code.status().as_u16()}</td>
                <td class="min"><a href=format!("/problems/{}", code.name())><code>{code.name()}</code></a></td>
                <td>{code.title()}</td>
            </tr>
        }
    });
    let table = view! {
        <p class="soft">"Every answer of the activation API that is not a success names one of these codes."</p>
        <section class="panel">
            <table class="table">
                <thead><tr><th class="min">"Status"</th><th class="min">"Code"</th><th>"Says"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    };
    document(&options, "Problems of the activation API", table)
}

/// Answers what the code means, or a page that says that there is none of that name.
pub(super) async fn page(State(options): State<LeptosOptions>, Path(name): Path<String>) -> Response {
    let Some(code) = Code::from_name(&name) else {
        let missing = view! { <p class="soft">"No problem of the activation API has this name. The list of all problems has those there are."</p> };
        return (StatusCode::NOT_FOUND, document(&options, "No such problem", with_way_on(missing))).into_response();
    };
    let Words { means, user, developer } = Words::of(code);
    let again = if code.is_retryable() {
        "Yes: wait as long as the header Retry-After says, or a few seconds, and longer each time."
    } else {
        "No: the same request gets the same answer until somebody changes something."
    };
    let body = view! {
        <p class="soft">{means}</p>
        <section class="panel">
            <div class="body">
                <dl class="facts">
                    <div><dt>"Status"</dt><dd>{code.status().to_string()}</dd></div>
                    <div><dt>"Code"</dt><dd><code>{code.name()}</code></dd></div>
                    <div><dt>"If you use the software"</dt><dd>{user}</dd></div>
                    <div><dt>"If you develop it"</dt><dd>{developer}</dd></div>
                    <div><dt>"Try again by itself?"</dt><dd>{again}</dd></div>
                </dl>
            </div>
        </section>
    };
    document(&options, code.title(), with_way_on(body))
}

fn with_way_on(body: impl IntoView) -> impl IntoView {
    view! {
        {body}
        <p><a href="/problems">"All problems of the activation API"</a></p>
    }
}

fn document(options: &LeptosOptions, title: &'static str, body: impl IntoView) -> Response {
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    let page = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{title}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=style />
            </head>
            <body>
                <main class="page narrow" id="main">
                    <h1>{title}</h1>
                    {body}
                </main>
            </body>
        </html>
    };
    // Leptos marks where its browser half would take hold. This page has none, and a title would show the marks.
    let page = page.to_html().replace("<!>", "");
    Html(format!("<!DOCTYPE html>{page}")).into_response()
}
