//! The terms' fields with their live description.

use leptos::prelude::*;
use live::TermsInWords;

use crate::{form::FormState, terms_form::TermsFields};

/// Fields of a form with the terms beside them in words. With script they change as one types; without, the words are
/// those of what was sent.
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
