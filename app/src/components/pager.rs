//! From one part of a list to the next.

use leptos::prelude::*;
use leptos_router::hooks::use_url;

use super::{Icon, Symbol};
use crate::{address, admin::paging::Turns, words};

/// The query's key for the part that ends before a row.
pub const BEFORE: &str = "before";
/// The query's key for the part that begins after a row.
pub const AFTER: &str = "after";

/// A part of a list, and links to the parts before and after. Lists are walked by key: a link names the first or the last row in
/// sight.
#[component]
pub fn Pager(
    /// How many are in sight.
    count: usize,
    /// And of what: `license`.
    of: &'static str,
    /// Where the other parts begin.
    turns: Turns,
    /// What is in sight.
    children: Children,
) -> impl IntoView {
    let stopped = turns.partial.then(|| {
        view! { <p class="muted small">"This search looked through 2,000 lines. The next page goes on from there."</p> }
    });
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
        <div>
            {children()} {stopped} <nav class="pager" aria-label="Pages">
                <p>{words::count(count.try_into().unwrap_or_default(), of)}</p>
                {previous}
                {next}
            </nav>
        </div>
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
