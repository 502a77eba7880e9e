//! From one part of a list to the next.

use leptos::prelude::*;
use leptos_router::hooks::use_url;

use super::{Icon, Symbol};
use crate::{address, admin::paging::Turns};

/// The query's key for the part that ends before a row.
pub const BEFORE: &str = "before";
/// The query's key for the part that begins after a row.
pub const AFTER: &str = "after";

/// Links to the parts before and after. Lists are walked by key: a link names the first or the last row in sight.
#[component]
pub fn Pager(
    /// What is in sight, in words: `50 licenses`.
    #[prop(into)]
    said: String,
    /// Where the other parts begin.
    turns: Turns,
) -> impl IntoView {
    let previous = turns.previous.map(|row| {
        view! {
            <a class="button small" rel="prev" href=turn(BEFORE, AFTER, row)>
                <Icon of=Symbol::ChevronLeft />
                " Previous"
            </a>
        }
    });
    let next = turns.next.map(|row| {
        view! {
            <a class="button small" rel="next" href=turn(AFTER, BEFORE, row)>
                "Next "
                <Icon of=Symbol::ChevronRight />
            </a>
        }
    });
    view! {
        <nav class="pager" aria-label="Pages">
            <p>{said}</p>
            {previous}
            {next}
        </nav>
    }
}

/// This page's address with `key` naming `row`, and without `other`.
fn turn(key: &'static str, other: &'static str, row: String) -> impl Fn() -> String + Send + Sync {
    let url = use_url();
    move || {
        let query = url.with(|url| address::query_with(url.search(), other, None));
        url.with(|url| format!("{}{}", url.path(), address::query_with(&query, key, Some(&row))))
    }
}
