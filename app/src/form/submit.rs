//! A form's submit button.

use leptos::prelude::*;

/// Submits the form around it. While the request is on its way, the script marks the button and ignores further
/// presses.
#[component]
pub fn Submit(
    /// CSS classes in addition to `button`; `primary` by default. Others: `danger primary`, `wide`.
    #[prop(default = "primary")]
    class: &'static str,
    /// A name and a value to send, for forms with several submit buttons.
    #[prop(optional)]
    value: Option<(&'static str, &'static str)>,
    /// The label while the request is on its way: `Saving…`.
    #[prop(default = "Working…")]
    busy: &'static str,
    /// The label.
    children: Children,
) -> impl IntoView {
    let (name, value) = value.unzip();
    view! {
        <button type="submit" class=format!("button {class}") name=name value=value data-busy=busy>
            {children()}
        </button>
    }
}
