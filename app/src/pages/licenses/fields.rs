//! What is asked of a license, whether it is new or not; and what it will say.

use leptos::{ev, prelude::*};
use licensing::feature;
use serde::Deserialize;

use crate::{
    admin::licenses::form::{LicenseFields, PolicyChoice},
    components::{
        Fact, Facts, FormSection, Icon, Sentence, Symbol, TextArea, TextField,
        terms::{TermsFormFields, Whose},
    },
    feature_values,
    form::{FormState, typed},
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

/// What of the form the words beside it are made of, as it is typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// The policy's id.
    pub(super) policy: String,
    /// The customer's name.
    pub(super) customer: String,
    /// The feature values.
    pub(super) features: String,
    /// The terms that the license sets for itself.
    #[serde(flatten)]
    pub(super) terms: TermsFields,
}

/// Fields of a form with the whole license beside them in words. With script they change as one types; without, the words
/// are those of what was sent.
#[component]
pub(super) fn LiveLicense(
    /// What stands in the form at first.
    of: Typed,
    /// Every policy that may be chosen.
    policies: Vec<PolicyChoice>,
    /// The fields and the buttons.
    children: Children,
) -> impl IntoView {
    let now = RwSignal::new(expect_context::<FormState>().sent().unwrap_or(of));
    let listen = move |event: ev::Event| {
        if let Some(fields) = typed::<Typed>(&event) {
            now.set(fields);
        }
    };
    let title = move || {
        let customer = now.with(|it| it.customer.trim().to_owned());
        if customer.is_empty() { "What the customer gets".to_owned() } else { format!("What {customer} gets") }
    };
    let words = move || {
        now.with(|it| {
            policies.iter().find(|policy| policy.id.to_string() == it.policy).map(|policy| summary(policy, it))
        })
    };
    view! {
        <div class="split" on:input=listen on:change=listen>
            <div>{children()}</div>
            <aside class="sticky" aria-label="What it says">
                <section class="panel" aria-labelledby="gets">
                    <header>
                        <h2 id="gets">
                            <bdi>{title}</bdi>
                        </h2>
                    </header>
                    <div class="body stack" aria-live="polite">
                        {words}
                    </div>
                </section>
            </aside>
        </div>
    }
}

/// The policy with what the license sets in its place.
fn summary(policy: &PolicyChoice, typed: &Typed) -> AnyView {
    let terms = typed.terms.read_overrides(&policy.terms).map(|own| policy.terms.with(&own));
    let sentence = match terms {
        Ok(terms) => view! { <Sentence of=terms.sentence() /> }.into_any(),
        Err(_) => {
            view! { <p class="sentence">"Once every field is good, the terms stand here in words."</p> }.into_any()
        }
    };
    let values = feature_values::read(&typed.features, &policy.features).unwrap_or_default();
    let features =
        feature::resolve(&policy.features, &[&policy.terms.features, &values]).into_iter().map(|(code, value)| {
            view! { <Fact name=code>{value.to_string()}</Fact> }
        });
    let features = (!policy.features.is_empty()).then(|| view! { <Facts>{features.collect_view()}</Facts> });
    view! {
        <p class="small soft">
            <b><bdi>{policy.product.clone()}</bdi></b> " on " <bdi>{policy.name.clone()}</bdi>
        </p>
        {sentence}
        {features}
    }
    .into_any()
}
