//! The terms' fields with their live description.

use leptos::prelude::*;
use live::TermsInWords;

use crate::{form::FormState, terms_form::TermsFields};

/// A form's fields with a description of the terms next to them. With script it follows what is typed; without, it
/// describes the values that were sent.
#[component]
pub fn LiveTerms(
    /// The values with which the page opens.
    of: TermsFields,
    /// Sections of fields.
    children: Children,
) -> impl IntoView {
    let at_first = expect_context::<FormState>().sent().unwrap_or(of);
    view! { <TermsInWords at_first>{children()}</TermsInWords> }
}
