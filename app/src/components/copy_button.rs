//! Copying with one press. Without script the button is hidden: the text beside it can be selected.

use leptos::prelude::*;

use super::{Icon, Symbol};

/// Puts `text` on the clipboard, and says so. A plain button that the browser's half listens for: a table may hold a
/// hundred of them, and an island is never freed.
#[component]
pub fn CopyButton(
    /// The text that is copied.
    #[prop(into)]
    text: String,
    /// The name of the text, for the button's label: `Copy {what}`.
    #[prop(into)]
    what: String,
    /// Whether the button shows the word beside the icon.
    #[prop(optional)]
    words: bool,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=if words { "button quiet small copy" } else { "icon-button copy" }
            aria-label=format!("Copy {what}")
            data-copy=text
        >
            <Icon of=Symbol::Copy />
            {words.then(|| view! { <span>"Copy"</span> })}
        </button>
        <span class="visually-hidden" role="status"></span>
    }
}
