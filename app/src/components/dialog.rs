//! A dialog with an address of its own: `?dialog=revoke`. The server sends it open; with script it opens as a modal.

use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate, hooks::use_url};

use crate::address;

/// The query's key for the open dialog.
pub const DIALOG: &str = "dialog";

/// The address of this page with that dialog open; for the link that opens it.
pub fn dialog_address(name: &str) -> String {
    address_with(Some(name))
}

fn address_with(dialog: Option<&str>) -> String {
    use_url().with(|url| format!("{}{}", url.path(), address::query_with(url.search(), DIALOG, dialog)))
}

/// A dialog. Its children are a [`Form`](crate::form::Form) whose footer holds a [`Cancel`] and a
/// [`Submit`](crate::form::Submit).
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
        let open = open.get();
        if let Some(dialog) = dialog.get() {
            dialog.close();
            if open {
                _ = dialog.show_modal();
            }
        }
    });
    let navigate = use_navigate();
    let leave = move |event: ev::Event| {
        event.prevent_default();
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate(&untrack(|| address_with(None)), options);
    };
    let labelled_by = heading.clone();
    view! {
        <dialog class="dialog" open=open.get_untracked() aria-labelledby=labelled_by node_ref=dialog on:cancel=leave>
            <div class="inner">
                <h2 id=heading>{title}</h2>
                <Show when=move || open.get()>{children()}</Show>
            </div>
        </dialog>
    }
}

/// Leaves the dialog and changes nothing.
#[component]
pub fn Cancel() -> impl IntoView {
    let url = use_url();
    let to = move || url.with(|url| format!("{}{}", url.path(), address::query_with(url.search(), DIALOG, None)));
    view! {
        <a class="button quiet" href=to autofocus>
            "Cancel"
        </a>
    }
}
