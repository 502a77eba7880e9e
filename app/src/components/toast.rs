//! Confirmation of the last act. The address names it by a key; the text comes from [`Done`], never from the address.

use leptos::prelude::*;
use leptos_router::hooks::use_url;

use super::{Icon, Symbol};
use crate::{address, done::Done};

/// Shows the message of `?done=`, until it is dismissed or another page is opened.
#[component]
pub fn Toast() -> impl IntoView {
    let (done, away) = use_url().with_untracked(|url| {
        let done = url.search_params().get_str(Done::KEY).and_then(Done::from_key);
        (done, format!("{}{}", url.path(), address::query_with(url.search(), Done::KEY, None)))
    });
    let toast = done.map(|done| {
        view! {
            <div class="toast">
                <Icon of=Symbol::Check />
                <p>{done.words()}</p>
                <a class="icon-button" href=away aria-label="Dismiss">
                    <Icon of=Symbol::X />
                </a>
            </div>
        }
    });
    view! { <div role="status">{toast}</div> }
}
