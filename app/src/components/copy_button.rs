//! Copying with one press. Without script it is not shown: the text beside it can be selected.

use std::time::Duration;

use leptos::prelude::*;

use super::{Icon, Symbol};

const SAID_FOR: Duration = Duration::from_secs(2);

/// Puts `text` on the clipboard, and says so.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: String,
    /// What it is, for those who hear the button: `Copy {what}`.
    #[prop(into)]
    what: String,
    /// Whether it shows the word beside the icon.
    #[prop(optional)]
    words: bool,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        // The clipboard's own answer comes later and may be no; then the text is still there to select.
        _ = window().navigator().clipboard().write_text(&text);
        copied.set(true);
        set_timeout(move || copied.set(false), SAID_FOR);
    };
    let of = move || if copied.get() { Symbol::Check } else { Symbol::Copy };
    let word = move || if copied.get() { "Copied" } else { "Copy" };
    view! {
        <button
            type="button"
            class=if words { "button quiet small copy" } else { "icon-button copy" }
            aria-label=format!("Copy {what}")
            on:click=copy
        >
            {move || view! { <Icon of=of() /> }}
            {words.then_some(word)}
        </button>
        <span class="visually-hidden" role="status">
            {move || copied.get().then_some("Copied")}
        </span>
    }
}
