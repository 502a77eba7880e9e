//! A dialog with an address of its own: `?dialog=revoke`. The server sends it open; with script it opens as a modal.

use leptos::{ev, html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map, use_url},
};

use crate::{
    address,
    done::Done,
    form::{AUTOFOCUS, after_drawing},
};

/// The query's key for the open dialog.
pub const DIALOG: &str = "dialog";

/// The address of this page with that dialog open; for the link that opens it. The toast of the act before is gone then.
pub fn dialog_address(name: &str) -> String {
    address_with(Some(name))
}

fn address_with(dialog: Option<&str>) -> String {
    use_url().with_untracked(|url| {
        let query = address::query_with(url.search(), Done::KEY, None);
        format!("{}{}", url.path(), address::query_with(&query, DIALOG, dialog))
    })
}

/// What the open dialog is about, on a page that has one for each of many rows: `find` finds the row by the dialog's name.
pub fn asked_about<T>(find: impl Fn(&str) -> Option<T> + Send + Sync + 'static) -> Memo<Option<T>>
where
    T: PartialEq + Send + Sync + 'static,
{
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get_str(DIALOG).and_then(&find)))
}

/// A dialog. Its children say what the act will do, and end with a [`Confirm`](super::Confirm).
#[component]
pub fn Dialog(
    /// The name in the address, unlike any other on the page.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    title: String,
    /// What is inside. Drawn only while the dialog is open.
    children: ChildrenFn,
) -> impl IntoView {
    let url = use_url();
    let heading = format!("dialog-{name}");
    let open = Memo::new(move |_| url.with(|url| url.search_params().get_str(DIALOG) == Some(name.as_str())));
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            let open = open.get();
            after_drawing(move || show(&dialog, open));
        }
    });
    let navigate = use_navigate();
    let leave = move || {
        if open.try_get_untracked().unwrap_or_default() {
            navigate(&address_with(None), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    };
    let leave_first = leave.clone();
    let cancel = move |event: ev::Event| {
        event.prevent_default();
        leave_first();
    };
    let labelled_by = heading.clone();
    view! {
        <dialog
            class="dialog"
            open=open.get_untracked()
            aria-labelledby=labelled_by
            node_ref=dialog
            on:cancel=cancel
            on:close=move |_| leave()
        >
            <div class="inner">
                <h2 id=heading>{title}</h2>
                <Show when=move || open.get()>{children()}</Show>
            </div>
        </dialog>
    }
}

/// Opens it as a modal, which takes the focus, or closes it, which gives the focus back.
fn show(dialog: &leptos::web_sys::HtmlDialogElement, open: bool) {
    if open {
        // The server sent it open without being a modal.
        _ = dialog.remove_attribute("open");
        _ = dialog.show_modal();
    } else {
        // A redraw of the page may have taken the attribute away first. A modal without it cannot be closed, and blocks the
        // page unseen.
        if dialog.matches(":modal").unwrap_or_default() {
            _ = dialog.set_attribute("open", "");
        }
        dialog.close();
    }
}

/// Leaves the dialog and changes nothing.
#[component]
pub fn Cancel() -> impl IntoView {
    view! {
        <a class="button quiet" href=address_with(None) autofocus=AUTOFOCUS>
            "Cancel"
        </a>
    }
}
