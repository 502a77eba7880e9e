//! The button that sends a form.

use leptos::prelude::*;

/// Sends the form around it. While that is on its way, the script marks the button and ignores further presses.
#[component]
pub fn Submit(
    /// Classes beside `button`: `primary` unless told; `danger primary`, `wide`.
    #[prop(default = "primary")]
    class: &'static str,
    /// A name and a value to send along, where a form has several of these.
    #[prop(optional)]
    value: Option<(&'static str, &'static str)>,
    /// What the button says instead while the form is on its way: `Saving…`.
    #[prop(default = "Working…")]
    busy: &'static str,
    /// The words.
    children: Children,
) -> impl IntoView {
    let (name, value) = value.unzip();
    view! {
        <button type="submit" class=format!("button {class}") name=name value=value data-busy=busy>
            {children()}
        </button>
    }
}
