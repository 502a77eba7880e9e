//! What an act has just done. The address names it by a key; the words come from the list here, never from the address.

use leptos::prelude::*;
use leptos_router::hooks::use_url;

use super::{Icon, Symbol};
use crate::{address, done::Done, load::Changes};

/// Shows what `?done=` names, until it is dismissed or another page is opened; and has the page's data fetched again when
/// an act ends there.
#[component]
pub fn Toast() -> impl IntoView {
    let url = use_url();
    let done = Memo::new(move |_| url.with(|url| url.search_params().get_str(Done::KEY).and_then(Done::from_key)));
    let changes = use_context::<Changes>();
    Effect::new(move |before: Option<()>| {
        url.track();
        if let (Some(()), Some(changes), Some(_)) = (before, changes, done.get()) {
            changes.note();
        }
    });
    let away = move || url.with(|url| format!("{}{}", url.path(), address::query_with(url.search(), Done::KEY, None)));
    view! {
        <div role="status">
            {move || {
                done.get()
                    .map(|done| {
                        view! {
                            <div class="toast">
                                <Icon of=Symbol::Check />
                                <p>{done.words()}</p>
                                <a class="icon-button" href=away aria-label="Dismiss">
                                    <Icon of=Symbol::X />
                                </a>
                            </div>
                        }
                    })
            }}
        </div>
    }
}
