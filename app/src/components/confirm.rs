//! What a dialog asks before an act.

use leptos::prelude::*;

use super::{Cancel, TextField};
use crate::form::{Form, Submit};

/// The form of a [`Dialog`](super::Dialog): does the act, or leaves the dialog. What the act will do stands above it, in words.
#[component]
pub fn Confirm(
    /// The path of the act, as [`act`](crate::form::act) gives it.
    action: &'static str,
    /// The form's id, unlike any other on the page.
    #[prop(into)]
    id: String,
    /// What the act is about: name and value of hidden fields.
    #[prop(optional, into)]
    of: Vec<(&'static str, String)>,
    /// An example of a reason: `Such as: left the company`. Every act that takes something away asks for one.
    #[prop(optional)]
    reason: Option<&'static str>,
    /// What the button says: `Revoke the license`.
    #[prop(into)]
    does: String,
    /// Whether the act takes something away.
    #[prop(optional)]
    danger: bool,
    /// Posts the whole page, as [`Form`] says.
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
        />
    }
}
