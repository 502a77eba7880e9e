//! Confirmation of the last act. The address names it by a key; the text comes from [`Done`], never from the address.

use http::{HeaderName, request::Parts};
use leptos::prelude::*;
use leptos_router::hooks::use_url;
use licensing::Permission;
use uuid::Uuid;

use super::{Icon, Symbol, may};
use crate::{
    admin::devices::{ReturnTo, acts::RestoreDevice},
    form::{Form, act},
    http::{address, done::Done},
};

/// Shows the message of `?done=`, until it is dismissed or another page is opened.
#[component]
pub fn Toast() -> impl IntoView {
    let shown = use_url().with_untracked(|url| {
        let query = url.search_params();
        let done = query.get_str(Done::KEY).and_then(Done::from_key).filter(|done| is_ours(*done))?;
        let undo = query.get_str(Done::UNDO).and_then(|id| id.parse().ok());
        let away = address::query_with(url.search(), Done::KEY, None);
        let away = format!("{}{}", url.path(), address::query_with(&away, Done::UNDO, None));
        Some((done, undo, away, url.path().to_owned()))
    });
    let toast = shown.map(|(done, id, away, path)| {
        view! {
            <div class="toast">
                <Icon of=Symbol::Check />
                <p>{done.words()}</p>
                {id.filter(|_| may(Permission::HelpCustomers)).map(|id| undo(id, &path))}
                <a class="icon-button" href=away aria-label="Dismiss">
                    <Icon of=Symbol::X />
                </a>
            </div>
        }
    });
    view! { <div role="status">{toast}</div> }
}

/// Restores the seat of the device, and returns to the page of the toast.
fn undo(id: Uuid, path: &str) -> impl IntoView + use<> {
    let action = act::<RestoreDevice>();
    let from = ReturnTo::of_path(path).field();
    view! {
        <Form action id="undo" class="inline">
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="from" value=from />
            <button class="button small" type="submit">
                "Undo"
            </button>
        </Form>
    }
}

/// Returns `true` if this app led to the address. A link from another website or a pasted address (Fetch Metadata,
/// `Sec-Fetch-Site`) is no proof that something was done.
fn is_ours(done: Done) -> bool {
    const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
    // A connected identity provider is another site.
    let parts = if done == Done::IdentityConnected { None } else { use_context::<Parts>() };
    parts.and_then(|parts| parts.headers.get(SITE).cloned()).is_none_or(|site| site == "same-origin")
}
