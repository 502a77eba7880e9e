//! Single-line text fields.

use leptos::prelude::*;

use super::frame::Frame;
use crate::form::{FormState, is_secret};

/// A single-line text field.
#[component]
pub fn TextField(
    /// The name of the server function's argument.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The initial value.
    #[prop(optional, into)]
    value: String,
    /// An explanation in one line, below the field.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The kind of text: `text`, `email`, `password`, `date`.
    #[prop(default = "text")]
    kind: &'static str,
    /// The value of `autocomplete`: what the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The value of `inputmode`: the keyboard of a phone.
    #[prop(optional)]
    keyboard: Option<&'static str>,
    /// An example, shown while the field is empty.
    #[prop(optional)]
    placeholder: Option<&'static str>,
    /// A word after the control, such as `devices`. Makes the control short.
    #[prop(optional)]
    unit: Option<&'static str>,
    /// `true` if the field is required.
    #[prop(optional)]
    required: bool,
    /// Replaces the word `optional` after the label, for a field that is required under a condition.
    #[prop(default = "optional")]
    mark: &'static str,
    /// `true` if the field has the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// `true` if the field spans both columns of a grid of fields.
    #[prop(optional)]
    full: bool,
) -> impl IntoView {
    let form = expect_context::<FormState>();
    let frame = Frame::new(form, name, label, hint);
    let value = if is_secret(name) { None } else { Some(form.value(name, value)) };
    let input = view! {
        <input
            class="input"
            id=frame.id.clone()
            name=name
            type=kind
            value=value
            autocomplete=autocomplete
            inputmode=keyboard
            placeholder=placeholder
            required=required
            autofocus=autofocus
            aria-invalid=frame.invalid()
            aria-describedby=frame.described_by()
        />
    };
    let control = match unit {
        Some(unit) => view! {
            <div class="with-unit">
                {input} <span>{unit}</span>
            </div>
        }
        .into_any(),
        None => input.into_any(),
    };
    view! {
        <div class=if full { "field full" } else { "field" }>
            <label for=frame.id.clone()>{label} " " {(!required).then(|| view! { <span class="muted">{mark}</span> })}</label>
            {control}
            {frame.below()}
        </div>
    }
}
