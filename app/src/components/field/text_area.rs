//! Several lines of text.

use leptos::prelude::*;

use super::{super::rcdata::escaped_lines, frame::Frame};
use crate::form::FormState;

/// A field for several lines.
#[component]
pub fn TextArea(
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
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// How many lines are in sight at first.
    #[prop(default = 3)]
    rows: u32,
    /// An example, gone once one types.
    #[prop(optional)]
    placeholder: Option<&'static str>,
    /// Whether it is written like code: monospaced, and never corrected by the browser.
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
