//! Multi-line text fields.

use leptos::prelude::*;

use super::{super::rcdata::escaped_lines, frame::Frame};
use crate::form::FormState;

/// A multi-line text field.
#[component]
pub fn TextArea(
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
    /// `true` if the field is required.
    #[prop(optional)]
    required: bool,
    /// Number of visible lines.
    #[prop(default = 3)]
    rows: u32,
    /// An example, shown while the field is empty.
    #[prop(optional)]
    placeholder: Option<&'static str>,
    /// `true` for code: monospaced, and without the browser's spell checking.
    #[prop(optional)]
    code: bool,
) -> impl IntoView {
    let form = expect_context::<FormState>();
    let frame = Frame::new(form, name, label, hint);
    view! {
        <div class="field full">
            <label for=frame.id.clone()>{label} " " {(!required).then(|| view! { <span class="muted">"optional"</span> })}</label>
            <textarea
                class=if code { "input code" } else { "input" }
                id=frame.id.clone()
                name=name
                rows=rows
                placeholder=placeholder
                spellcheck=code.then_some("false")
                required=required
                aria-invalid=frame.invalid()
                aria-describedby=frame.described_by()
            >
                {escaped_lines(form.value(name, value))}
            </textarea>
            {frame.below()}
        </div>
    }
}
