//! The button that sends a form.

use leptos::prelude::*;

use super::FormState;

/// Sends the form around it; says so while it is on its way, and takes no second press.
#[component]
pub fn Submit(
    /// Classes beside `button`: `primary` unless told; `danger primary`, `wide`.
    #[prop(default = "primary")]
    class: &'static str,
    /// A name and a value to send along, where a form has several of these.
    #[prop(optional)]
    value: Option<(&'static str, &'static str)>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let state = use_context::<FormState>();
    let pending = move || state.is_some_and(|form| form.pending());
    let (name, value) = value.unzip();
    view! {
        <button
            type="submit"
            class=format!("button {class}")
            name=name
            value=value
            aria-disabled=move || pending().then_some("true")
            aria-busy=move || pending().then_some("true")
        >
            {children()}
        </button>
    }
}
