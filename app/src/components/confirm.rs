//! The form of a dialog that confirms an act.

use leptos::prelude::*;

use super::{Cancel, TextField};
use crate::form::{Form, Submit};

/// The form of a [`Dialog`](super::Dialog): performs the act or cancels. The text above it describes the act's effect.
#[component]
pub fn Confirm(
    /// The path of the act, as [`act`](crate::form::act) gives it.
    action: &'static str,
    /// The form's id, unique on the page.
    #[prop(into)]
    id: String,
    /// The act's target: names and values of hidden fields.
    #[prop(optional, into)]
    of: Vec<(&'static str, String)>,
    /// An example of a reason: `Such as: left the company`. Every act that takes something away requires a reason.
    #[prop(optional)]
    reason: Option<&'static str>,
    /// The button's label: `Revoke the license`.
    #[prop(into)]
    does: String,
    /// `true` if the act takes something away.
    #[prop(optional)]
    danger: bool,
    /// Reloads the whole page, as in [`Form`].
    #[prop(optional)]
    whole_page: bool,
    /// Further fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let hidden = of.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    view! {
        <Form action id whole_page>
            {hidden.collect_view()}
            {reason.map(|placeholder| view! { <Reason placeholder /> })}
            {children.map(|children| children())}
            <footer>
                <Cancel />
                <Submit class=if danger { "danger primary" } else { "primary" }>{does}</Submit>
            </footer>
        </Form>
    }
}

#[component]
fn Reason(placeholder: &'static str) -> impl IntoView {
    view! {
        <TextField
            name="reason"
            label="Reason"
            placeholder
            hint="Saved in the audit log."
            required=true
            autofocus=true
        />
    }
}
