//! Dialogs with an address of their own: `?dialog=revoke`. The server sends the dialog open; a script makes it modal.

use leptos::prelude::*;
use leptos_router::hooks::{use_query_map, use_url};

use crate::http::{address, done::Done};
pub use live::query::DIALOG;

/// The address of this page with that dialog open, for the link that opens it. It drops the toast of the previous act.
pub fn dialog_address(name: &str) -> String {
    address_with(Some(name))
}

fn address_with(dialog: Option<&str>) -> String {
    use_url().with_untracked(|url| {
        let query = address::query_with(url.search(), Done::KEY, None);
        format!("{}{}", url.path(), address::query_with(&query, DIALOG, dialog))
    })
}

/// The subject of the open dialog, on a page with a dialog for each of many rows. `find` looks the row up by the
/// dialog's name.
pub fn dialog_target<T>(find: impl Fn(&str) -> Option<T> + Send + Sync + 'static) -> Memo<Option<T>>
where
    T: PartialEq + Send + Sync + 'static,
{
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get_str(DIALOG).and_then(&find)))
}

/// A dialog. Its children describe the act's effect and end with a [`Confirm`](super::Confirm).
#[component]
pub fn Dialog(
    /// The dialog's name in the address, unique on the page.
    #[prop(into)]
    name: String,
    /// The title: a question.
    #[prop(into)]
    title: String,
    /// `false` keeps it closed: Back may lead to its address after the act, when it no longer applies.
    #[prop(default = true)]
    applies: bool,
    /// The content, rendered only while the dialog is open.
    children: ChildrenFn,
) -> impl IntoView {
    let heading = format!("dialog-{name}");
    let open = applies && use_url().with_untracked(|url| url.search_params().get_str(DIALOG) == Some(name.as_str()));
    let labelled_by = heading.clone();
    view! {
        <dialog class="dialog" open=open aria-labelledby=labelled_by>
            <div class="inner">
                <h2 id=heading>{title}</h2>
                {open.then(|| children())}
            </div>
        </dialog>
    }
}

/// Closes the dialog without a change.
#[component]
pub fn Cancel(
    /// The label.
    #[prop(default = "Cancel")]
    label: &'static str,
) -> impl IntoView {
    view! {
        <a class="button quiet" href=address_with(None) data-cancel="" autofocus>
            {label}
        </a>
    }
}
