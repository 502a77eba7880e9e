//! The live description of a license next to its form.

use leptos::{ev, prelude::*};
use licensing::{
    Terms,
    feature::{self, Feature},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Fact, Facts, Sentence, feature_values, terms_form::TermsFields, typed::typed};

/// A policy that a license may have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyChoice {
    /// The policy's id.
    pub id: Uuid,
    /// The policy's name.
    pub name: String,
    /// The product's name.
    pub product: String,
    /// The policy's terms.
    pub terms: Terms,
    /// The product's features.
    pub features: Vec<Feature>,
}

/// The fields that the description depends on, apart from the terms.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The policy's id.
    pub policy: String,
    /// The customer's name.
    pub customer: String,
    /// The customer's e-mail address.
    pub email: String,
    /// The feature values.
    pub features: String,
}

/// A license form's fields with a description of the whole license next to them.
#[island]
pub fn LicenseInWords(
    /// The values with which the page opens.
    at_first: (Typed, TermsFields),
    /// The policies to choose from.
    policies: Vec<PolicyChoice>,
    /// The fields and the buttons.
    children: Children,
) -> impl IntoView {
    let now = RwSignal::new(at_first);
    let listen = move |event: ev::Event| {
        // Read one after the other: `serde(flatten)` would cost the browser several kilobytes.
        if let (Some(fields), Some(terms)) = (typed(&event), typed(&event)) {
            now.set((fields, terms));
        }
    };
    let title = move || {
        let customer = now.with(|(it, _)| it.customer.trim().to_owned());
        if customer.is_empty() { "What the customer gets".to_owned() } else { format!("What {customer} gets") }
    };
    let words = move || {
        now.with(|(typed, terms)| {
            let policy = policies.iter().find(|policy| policy.id.to_string() == typed.policy);
            policy.map(|policy| summary(policy, typed, terms))
        })
    };
    view! {
        <div class="split" on:input=listen on:change=listen>
            <div>{children()}</div>
            <aside class="sticky" aria-label="Summary">
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

/// Describes the policy with the license's exceptions and values.
fn summary(policy: &PolicyChoice, typed: &Typed, terms: &TermsFields) -> AnyView {
    let terms = terms.read_overrides(&policy.terms).map(|own| policy.terms.with(&own));
    let needs_email = typed.email.trim().is_empty() && terms.as_ref().is_ok_and(Terms::need_email_of_license);
    let sentence = match terms {
        Ok(terms) => view! { <Sentence of=terms.sentence() /> }.into_any(),
        Err(_) => view! { <p class="sentence">"The terms appear here once every field is valid."</p> }.into_any(),
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
        {needs_email
            .then(|| view! { <p class="small"><b>"Enter the customer’s e-mail address: these terms require it."</b></p> })}
        {sentence}
        {features}
    }
    .into_any()
}
