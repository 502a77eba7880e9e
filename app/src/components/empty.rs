//! The placeholder for an empty list.

use leptos::prelude::*;

use super::{Icon, Symbol};

/// Says what would appear here, and offers the button that creates it.
#[component]
pub fn Empty(
    /// The icon of the missing items.
    icon: Symbol,
    /// The title: `No product yet`.
    #[prop(into)]
    title: String,
    /// Says what would appear here.
    #[prop(into)]
    text: String,
    /// The button, optionally with a link.
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
