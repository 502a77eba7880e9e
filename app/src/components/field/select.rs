//! One of several.

use leptos::prelude::*;

use super::frame::Frame;
use crate::form::FormState;

/// A field that takes one of a list.
#[component]
pub fn SelectField(
    /// The name of the server function's argument.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// Value and words of each choice.
    choices: Vec<(String, String)>,
    /// What is chosen at first.
    #[prop(optional, into)]
    value: String,
    /// One line below that explains it.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let form = expect_context::<FormState>();
    let frame = Frame::new(form, name, label, hint);
    let chosen = form.value(name, value);
    let options = choices.into_iter().map(|(value, words)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {words}
            </option>
        }
    });
    let options = options.collect_view();
    view! {
        <div class="field">
            <label for=frame.id.clone()>{label}</label>
            <select
                class="input"
                id=frame.id.clone()
                name=name
                aria-invalid=frame.invalid()
                aria-describedby=frame.described_by()
            >
                {options}
            </select>
            {frame.below()}
        </div>
    }
}
