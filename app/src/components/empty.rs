//! What stands where nothing is yet.

use leptos::prelude::*;

use super::{Icon, Symbol};

/// Says what would fill the place, and offers the button.
#[component]
pub fn Empty(
    /// The icon of what is missing.
    icon: Symbol,
    /// `No product yet`.
    #[prop(into)]
    title: String,
    /// What would fill it.
    #[prop(into)]
    text: String,
    /// The button, and perhaps a link.
    #[prop(optional, into)]
    actions: ViewFn,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon of=icon />
            <h2>{title}</h2>
            <p>{text}</p>
            <div class="actions">{actions.run()}</div>
        </div>
    }
}
