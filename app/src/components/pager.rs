//! From one part of a list to the next.

use leptos::prelude::*;
use leptos_router::hooks::use_url;

use super::{Icon, Symbol};
use crate::address;

/// The query's key for where the part begins.
pub const AFTER: &str = "after";

/// Links to the beginning and to the next part. Lists are walked by key: the link names the last row in sight.
#[component]
pub fn Pager(
    /// What is in sight, in words: `50 licenses`.
    #[prop(into)]
    said: String,
    /// Where the next part begins; `None` at the end.
    next: Option<String>,
) -> impl IntoView {
    let url = use_url();
    let beyond = Memo::new(move |_| url.with(|url| url.search_params().get_str(AFTER).is_some()));
    let to = move |after: Option<&str>| {
        url.with(|url| format!("{}{}", url.path(), address::query_with(url.search(), AFTER, after)))
    };
    let first = move || {
        beyond.get().then(|| {
            view! {
                <a class="button small" href=to(None)>
                    <Icon of=Symbol::ChevronLeft />
                    " First"
                </a>
            }
        })
    };
    let next = next.map(|next| {
        view! {
            <a class="button small" rel="next" href=move || to(Some(&next))>
                "Next "
                <Icon of=Symbol::ChevronRight />
            </a>
        }
    });
    view! {
        <nav class="pager" aria-label="Pages">
            <p>{said}</p>
            {first}
            {next}
        </nav>
    }
}
