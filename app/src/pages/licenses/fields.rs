//! What is asked of a license, whether it is new or not; and what it will say.

use leptos::prelude::*;
use live::{LicenseInWords, PolicyChoice, Typed};

use crate::{
    admin::licenses::form::LicenseFields,
    components::{
        FormSection, Icon, Symbol, TextArea, TextField,
        terms::{TermsFormFields, Whose},
    },
    form::FormState,
    terms_form::TermsFields,
};

/// Who has the license.
#[component]
pub(super) fn WhoFields(
    /// What stands in them at first.
    of: LicenseFields,
) -> impl IntoView {
    view! {
        <FormSection title="Who" text="One customer for each license.">
            <TextField name="customer" label="Customer" value=of.customer hint="A person or a company." />
            <TextField
                name="email"
                label="E-mail"
                kind="email"
                value=of.email
                hint="Compared with what devices send only where the terms ask for it."
            />
            <TextField
                name="reference"
                label="Order or reference"
                value=of.reference
                hint="Your own number for it; it can be searched."
            />
            <TextArea name="notes" label="Notes" value=of.notes hint="For colleagues; customers never see them." />
        </FormSection>
    }
}

/// What the license has for itself in place of its policy's and its product's.
#[component]
pub(super) fn OwnFields(
    /// What stands in the fields of the features and the metadata at first.
    of: LicenseFields,
    /// What stands in the fields of the terms at first.
    terms: TermsFields,
) -> impl IntoView {
    let sent = expect_context::<FormState>().sent::<TermsFields>();
    let open = !sent.as_ref().unwrap_or(&terms).is_empty();
    view! {
        <FormSection title="Terms of its own" text="The policy brings the terms. What is filled in here stands in their place.">
            <details class="more full" open=open>
                <summary>
                    <Icon of=Symbol::ChevronRight />
                    "Override terms for this license"
                </summary>
                <TermsFormFields whose=Whose::License of=terms />
            </details>
        </FormSection>
        <FormSection title="Features and data" text="What the token says beside the terms, and what you keep with the license.">
            <TextArea
                name="features"
                label="Feature values"
                value=of.features
                hint="One a line, such as max_voices = 128. What is not named is as the product has it."
                code=true
            />
            <TextArea
                name="metadata"
                label="Metadata"
                value=of.metadata
                hint="A JSON object of at most 4 KiB, such as {\"seats_sold_by\": \"Ingrid\"}. Not in the token."
                code=true
            />
        </FormSection>
    }
}

/// Fields of a form with the whole license beside them in words. With script they change as one types; without, the words
/// are those of what was sent.
#[component]
pub(super) fn LiveLicense(
    /// What stands in the form at first.
    of: Typed,
    /// The terms that the license sets for itself at first.
    terms: TermsFields,
    /// Every policy that may be chosen.
    policies: Vec<PolicyChoice>,
    /// The fields and the buttons.
    children: Children,
) -> impl IntoView {
    let form = expect_context::<FormState>();
    let at_first = (form.sent().unwrap_or(of), form.sent().unwrap_or(terms));
    view! { <LicenseInWords at_first policies>{children()}</LicenseInWords> }
}
