//! `GET /problems` and `/problems/{code}`: the pages that a problem's `type` links to, for people who encountered one.

mod texts;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use leptos::prelude::*;

use super::{problem::Code, shell};
use texts::ProblemTexts;

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
        <p class="soft">"Every error response of the activation API has one of these codes."</p>
        <section class="panel">
            <table class="table">
                <thead><tr><th class="min">"Status"</th><th class="min">"Code"</th><th>"Meaning"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    };
    document(&options, "Problems of the activation API", table)
}

/// Answers the explanation of one code, or a 404 page if there is no such code.
pub(super) async fn page(State(options): State<LeptosOptions>, Path(name): Path<String>) -> Response {
    let Some(code) = Code::from_name(&name) else {
        let missing = view! { <p class="soft">"The activation API has no problem with this code. See the list of all problems."</p> };
        return (StatusCode::NOT_FOUND, document(&options, "Unknown problem", with_way_on(missing))).into_response();
    };
    let ProblemTexts { means, user, developer } = ProblemTexts::of(code);
    let again = if code.is_retryable() {
        "Yes. Wait for the time in the Retry-After header, or for a few seconds, and longer each time."
    } else {
        "No. The same request gets the same answer until something changes."
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
                    <div><dt>"Retry automatically?"</dt><dd>{again}</dd></div>
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
    let body = view! {
        <main class="page narrow" id="main">
            <h1>{title}</h1>
            {body}
        </main>
    };
    shell::document(title, view! { <link rel="stylesheet" href=style /> }, body).into_response()
}
