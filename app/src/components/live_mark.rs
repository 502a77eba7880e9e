//! Marks a page that follows its own changes. `frontend` opens the stream; without script nothing is shown.

use leptos::prelude::*;
use service::PageVersion;

use crate::http::address::query_with;

/// The mark next to the title, with a button that pauses the changes.
#[component]
pub fn Live(
    /// The subject of the page, and its state.
    of: PageVersion,
) -> impl IntoView {
    let query = query_with("", "of", Some(&of.topic.to_string()));
    let stream = format!("/live{}", query_with(&query, "seen", Some(&of.version)));
    view! {
        <span class="live" data-live=stream>
            <span class="dot" aria-hidden="true"></span>
            <span>"Live"</span>
            <button class="button quiet small" type="button" data-live-pause="" aria-pressed="false">
                "Pause"
            </button>
        </span>
    }
}
