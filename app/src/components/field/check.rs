//! Yes or no.

use leptos::prelude::*;

use super::frame::Frame;
use crate::form::FormState;

/// A box to tick. Ticked, the server function's argument is `on`; else it is not sent.
#[component]
pub fn CheckField(
    /// The name of the server function's argument.
    name: &'static str,
    /// The words beside the box.
    label: &'static str,
    /// Whether it is ticked at first.
    #[prop(optional)]
    checked: bool,
    /// One line below that explains it.
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
