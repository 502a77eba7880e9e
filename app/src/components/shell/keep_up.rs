//! A script that goes from page to page keeps up with what happens to whoever is signed in.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_url;

use crate::{address, admin::who::who_is_there, context::visitor};

/// Asks after every step who is there now, also after one to the very page that is in sight. Where the role has changed, or
/// the login has ended, the page is opened anew: its buttons are drawn for the role of the first page, and the server draws
/// it for the one of today. Never while somebody stays on a page: nothing that is typed is lost by it.
pub(super) fn keep_up() {
    let (url, here, known) = (use_url(), address::here(), visitor().account);
    Effect::new(move |before: Option<()>| {
        // Not `here`, which tells nobody when an address follows the same one.
        url.track();
        let here = here.get_untracked();
        if before.is_none() {
            return;
        }
        let known = known.clone();
        spawn_local(async move {
            if who_is_there().await.is_ok_and(|now| now != known) {
                // Not `reload`: the address of the step may not be in the browser's bar yet.
                _ = window().location().set_href(&here);
            }
        });
    });
}
