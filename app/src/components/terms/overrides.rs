//! The terms that a license sets for itself.

use leptos::prelude::*;

use super::{EMAIL, REACTIVATION, RELEASE, owned, validity::EndFields};
use crate::{
    components::{LengthField, SelectField, TextField},
    terms_form::TermsFields,
};

const VALIDITY: [(&str, &str); 4] = [
    ("perpetual", "Never"),
    ("until", "On a date"),
    ("from-issue", "A while after issue"),
    ("from-first-activation", "A while after the first activation"),
];

/// Every field of [`TermsFields`]; an empty one means "as the policy has it".
#[component]
pub fn OverrideFields(
    /// What stands in them at first.
    of: TermsFields,
) -> impl IntoView {
    let end = of.clone();
    let email = EMAIL.iter().map(|it| (it.value.to_owned(), it.title.to_owned())).collect();
    view! {
        <div class="fields validity">
            <TextField name="seats" label="Devices at a time" value=of.seats hint="A number, or “unlimited”." />
            <TextField
                name="versions"
                label="Versions covered"
                value=of.versions
                hint="A range such as <5 or >=2.1, <4; or “any”."
            />
            <LengthField
                name="lease_default"
                unit_name="lease_default_unit"
                label="Lease"
                value=of.lease_default
                unit=of.lease_default_unit
            />
            <LengthField
                name="grace"
                unit_name="grace_unit"
                label="Offline grace"
                value=of.grace
                unit=of.grace_unit
            />
            <LengthField
                name="lease_minimum"
                unit_name="lease_minimum_unit"
                label="Shortest lease"
                value=of.lease_minimum
                unit=of.lease_minimum_unit
            />
            <LengthField
                name="lease_maximum"
                unit_name="lease_maximum_unit"
                label="Longest lease"
                value=of.lease_maximum
                unit=of.lease_maximum_unit
            />
            <SelectField name="validity" label="Ends" choices=as_policy(owned(VALIDITY)) value=of.validity />
            <EndFields of=end />
            <SelectField name="email_term" label="E-mail asked" choices=as_policy(email) value=of.email_term />
            <SelectField
                name="reactivation"
                label="When a device activates again"
                choices=as_policy(owned(REACTIVATION))
                value=of.reactivation
            />
            <SelectField
                name="release"
                label="Who frees a seat"
                choices=as_policy(owned(RELEASE))
                value=of.release
            />
        </div>
    }
}

fn as_policy(mut choices: Vec<(String, String)>) -> Vec<(String, String)> {
    choices.insert(0, (String::new(), "As the policy has it".to_owned()));
    choices
}
