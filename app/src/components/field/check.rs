//! Check boxes.

use leptos::prelude::*;

use super::frame::Frame;
use crate::form::FormState;

/// A check box. If checked, the server function's argument is `on`; otherwise it is not sent.
#[component]
pub fn CheckField(
    /// The name of the server function's argument.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// `true` if it is checked initially.
    #[prop(optional)]
    checked: bool,
    /// An explanation in one line, below the box.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let form = expect_context::<FormState>();
    let frame = Frame::new(form, name, label, hint);
    view! {
        <div class="field">
            <label class="check">
                <input
                    type="checkbox"
                    id=frame.id.clone()
                    name=name
                    value="on"
                    checked=form.is_chosen(name, "on", checked)
                    aria-invalid=frame.invalid()
                    aria-describedby=frame.described_by()
                />
                <span>{label}</span>
            </label>
            {frame.below()}
        </div>
    }
}
