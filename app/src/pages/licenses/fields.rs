//! The fields of a license's form, for new and existing licenses, and the description next to them.

use leptos::prelude::*;
use live::{LicenseInWords, PolicyChoice, Typed};

use crate::{
    admin::licenses::form::LicenseFields,
    components::{
        FormSection, Icon, Symbol, TextArea, TextField,
        terms::{TermsFormFields, TermsOwner},
    },
    form::FormState,
    terms_form::TermsFields,
};

/// The fields about the customer.
#[component]
pub(super) fn WhoFields(
    /// Their initial values.
    of: LicenseFields,
    /// For each policy that the license may have: its product and name, and `true` if its terms require an e-mail
    /// address.
    policies: Vec<(String, bool)>,
) -> impl IntoView {
    let (mark, hint) = email_texts(&policies);
    view! {
        <FormSection title="Customer" text="Who the license is for.">
            <TextField name="customer" label="Customer" value=of.customer hint="A person or a company." />
            <TextField
                name="email"
                label="E-mail"
                kind="email"
                value=of.email
                mark
                hint
            />
            <TextField
                name="reference"
                label="Order or reference"
                value=of.reference
                hint="Your own reference. It can be searched for."
            />
            <TextArea name="notes" label="Notes" value=of.notes hint="Only visible to your team, never to customers." />
        </FormSection>
    }
}

/// Number of policies that the hint names.
const NAMED: usize = 4;

/// The word after the label of the e-mail address, and the hint below it. They are true for every policy that can be
/// chosen, since the choice changes neither without script.
fn email_texts(policies: &[(String, bool)]) -> (&'static str, String) {
    const COMPARED: &str = "Compared with the address that devices send, if the terms require it.";
    let needing: Vec<&str> = policies.iter().filter(|(_, needs)| *needs).map(|(name, _)| name.as_str()).collect();
    if needing.is_empty() {
        return ("optional", COMPARED.to_owned());
    }
    if needing.len() == policies.len() {
        return ("required", "The terms compare it with the address that devices send.".to_owned());
    }
    let compare = if needing.len() == 1 { "compares" } else { "compare" };
    let others = match needing.len().saturating_sub(NAMED) {
        0 => String::new(),
        1 => " and 1 other policy".to_owned(),
        n => format!(" and {n} other policies"),
    };
    let named = needing.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
    (
        "required by some policies",
        format!("Required under {named}{others}, which {compare} it with the address that devices send."),
    )
}

/// The values that override those of the policy and the product.
#[component]
pub(super) fn OwnFields(
    /// The initial values of the feature and metadata fields.
    of: LicenseFields,
    /// The initial values of the terms fields.
    terms: TermsFields,
) -> impl IntoView {
    let sent = expect_context::<FormState>().sent::<TermsFields>();
    let open = !sent.as_ref().unwrap_or(&terms).is_empty();
    view! {
        <FormSection title="Overrides" text="Values here replace the policy’s.">
            <details class="more full" open=open>
                <summary>
                    <Icon of=Symbol::ChevronRight />
                    "Override terms for this license"
                </summary>
                <TermsFormFields owner=TermsOwner::License of=terms />
            </details>
        </FormSection>
        <FormSection title="Features and data" text="Values that the token includes in addition to the terms, and data that you store with the license.">
            <TextArea
                name="features"
                label="Feature values"
                value=of.features
                hint="One per line, such as max_voices = 128. Anything not listed uses the product default."
                code=true
            />
            <TextArea
                name="metadata"
                label="Metadata"
                value=of.metadata
                hint="A JSON object of at most 4 KiB, such as {\"seats_sold_by\": \"Ingrid\"}. Not included in the token."
                code=true
            />
        </FormSection>
    }
}

/// The fields of a form next to a description of the whole license. With script, the description follows what is typed;
/// without, it describes what was last sent.
#[component]
pub(super) fn LiveLicense(
    /// The initial values of the form.
    of: Typed,
    /// The terms that the license initially overrides.
    terms: TermsFields,
    /// The policies to choose from.
    policies: Vec<PolicyChoice>,
    /// The fields and the buttons.
    children: Children,
) -> impl IntoView {
    let form = expect_context::<FormState>();
    let at_first = (form.sent().unwrap_or(of), form.sent().unwrap_or(terms));
    view! { <LicenseInWords at_first policies>{children()}</LicenseInWords> }
}

#[cfg(test)]
mod tests {
    use super::email_texts;

    #[test]
    fn the_label_of_the_address_is_true_under_every_policy() {
        let policies = |needs: &[bool]| -> Vec<_> {
            needs.iter().enumerate().map(|(n, needs)| (format!("Drift · {n}"), *needs)).collect()
        };
        assert_eq!(email_texts(&policies(&[false, false])).0, "optional");
        assert_eq!(email_texts(&policies(&[true, true])).0, "required");
        let (mark, hint) = email_texts(&policies(&[false, true, true]));
        assert_eq!(mark, "required by some policies");
        assert!(hint.starts_with("Required under Drift · 1, Drift · 2, which"), "{hint}");
        let (_, hint) = email_texts(&policies(&[true, true, true, true, true, true, false]));
        assert!(hint.contains("Drift · 3 and 2 other policies,"), "{hint}");
    }
}
