//! Paging through a list.

use leptos::prelude::*;
use leptos_router::hooks::use_url;

use super::{Icon, Symbol};
use crate::{admin::paging::PageLinks, http::address, text::words};

/// The query key for the page that ends before a row.
pub const BEFORE: &str = "before";
/// The query key for the page that begins after a row.
pub const AFTER: &str = "after";

/// A page of a list, with links to the previous and the next page. Lists use keyset pagination: a link names the first
/// or the last row of this page.
#[component]
pub fn Pager(
    /// Number of items on this page.
    count: usize,
    /// The items' noun: `license`.
    of: &'static str,
    /// The keys of the previous and the next page.
    page_links: PageLinks,
    /// Number of items on all pages, if it is known.
    #[prop(optional_no_strip)]
    total: Option<u64>,
    /// The items.
    children: Children,
) -> impl IntoView {
    let count = count.try_into().unwrap_or_default();
    let shown = words::count(count, of);
    let text = match (page_links.previous.is_some(), page_links.next.is_some(), total) {
        (false, false, _) => shown,
        (false, true, Some(total)) => {
            format!("1–{} of {}", licensing::sentence::thousands(count), words::count(total.max(count), of))
        }
        (false, true, None) => format!("First {shown}"),
        (true, true, _) => format!("{shown} on this page"),
        (true, false, _) => format!("Last {shown}"),
    };
    let stopped = page_links.partial.then(|| {
        view! { <p class="muted small">"This search looked through 2,000 entries. The next page continues from there."</p> }
    });
    let previous = page_links.previous.map(|row| {
        view! {
            <a class="button small" rel="prev" href=page_address(BEFORE, AFTER, row)>
                <Icon of=Symbol::ChevronLeft />
                " Previous"
            </a>
        }
    });
    let next = page_links.next.map(|row| {
        view! {
            <a class="button small" rel="next" href=page_address(AFTER, BEFORE, row)>
                "Next "
                <Icon of=Symbol::ChevronRight />
            </a>
        }
    });
    view! {
        <div>
            {children()} {stopped} <nav class="pager" aria-label="Pages">
                <p>{text}</p>
                {previous}
                {next}
            </nav>
        </div>
    }
}

/// This page's address with `key` set to `row`, and without `other`.
fn page_address(key: &'static str, other: &'static str, row: String) -> impl Fn() -> String + Send + Sync {
    let url = use_url();
    move || {
        let query = url.with(|url| address::query_with(url.search(), other, None));
        url.with(|url| format!("{}{}", url.path(), address::query_with(&query, key, Some(&row))))
    }
}
