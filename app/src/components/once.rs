//! What is shown once.

use leptos::prelude::*;

/// Something that the server gives out once, such as a new token. With script it stays in sight as long as the page does,
/// whatever dialog is opened there.
#[component]
pub fn Once(
    /// What is shown.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="once" data-once="">
            {children()}
        </div>
    }
}
