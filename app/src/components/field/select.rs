//! Drop-down lists.

use leptos::prelude::*;

use super::frame::Frame;
use crate::form::FormState;

/// A drop-down list.
#[component]
pub fn SelectField(
    /// The name of the server function's argument.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The value and the label of each choice.
    choices: Vec<(String, String)>,
    /// The initial value.
    #[prop(optional, into)]
    value: String,
    /// An explanation in one line, below the field.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let form = expect_context::<FormState>();
    let frame = Frame::new(form, name, label, hint);
    let chosen = form.value(name, value);
    let options = choices.into_iter().map(|(value, text)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {text}
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
