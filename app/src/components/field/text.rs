//! One line of text.

use leptos::prelude::*;

use super::frame::Frame;
use crate::form::{FormState, is_secret};

/// A field for one line.
#[component]
pub fn TextField(
    /// The name of the server function's argument.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// One line below that explains it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The kind of text: `text`, `email`, `password`, `date`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in, as in `autocomplete`.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The keyboard of a phone, as in `inputmode`.
    #[prop(optional)]
    keyboard: Option<&'static str>,
    /// An example, gone once one types.
    #[prop(optional)]
    placeholder: Option<&'static str>,
    /// Words after the control, such as `devices`; the control is short then.
    #[prop(optional)]
    unit: Option<&'static str>,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// Whether it has the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// Whether it takes both columns of a grid of fields.
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
            <label for=frame.id.clone()>{label} " " {(!required).then(|| view! { <span class="muted">"optional"</span> })}</label>
            {control}
            {frame.below()}
        </div>
    }
}
