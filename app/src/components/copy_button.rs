//! Copy buttons. Without script they are hidden; the text next to them can be selected.

use leptos::prelude::*;

use super::{Icon, Symbol};

/// Copies `text` to the clipboard and announces it. A plain button that `frontend` listens for, not an island: a table
/// may hold a hundred of these, and an island is never freed.
#[component]
pub fn CopyButton(
    /// The text to copy.
    #[prop(into)]
    text: String,
    /// The text's name, for the button's label: `Copy {what}`.
    #[prop(into)]
    what: String,
    /// `true` if the button shows the word next to the icon.
    #[prop(optional)]
    labelled: bool,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=if labelled { "button quiet small copy" } else { "icon-button copy" }
            aria-label=format!("Copy {what}")
            data-copy=text
        >
            <Icon of=Symbol::Copy />
            {labelled.then(|| view! { <span>"Copy"</span> })}
        </button>
        <span class="visually-hidden" role="status"></span>
    }
}
