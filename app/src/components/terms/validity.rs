//! When a license ends.

use leptos::prelude::*;

use crate::{
    components::{Choice, ChoiceCards, LengthField, TextField},
    terms_form::TermsFields,
};

const CHOICES: &[Choice] = &[
    Choice { value: "perpetual", title: "Never", text: "A license runs for good." },
    Choice { value: "until", title: "On a date", text: "The same day for every license." },
    Choice { value: "from-issue", title: "A while after issue", text: "Counted from the day the license is made." },
    Choice {
        value: "from-first-activation",
        title: "A while after the first activation",
        text: "Counted from the customer’s first device.",
    },
];

/// The choice, with a date or a period where it has one.
#[component]
pub(super) fn ValidityFields(
    /// What stands in them at first.
    of: TermsFields,
) -> impl IntoView {
    view! {
        <div class="full validity stack">
            <ChoiceCards name="validity" label="A license ends" choices=CHOICES value=of.validity.clone() />
            <EndFields of />
        </div>
    }
}

/// The date and the period, of which the style sheet shows what belongs to the choice beside them.
#[component]
pub(super) fn EndFields(
    /// What stands in them at first.
    of: TermsFields,
) -> impl IntoView {
    view! {
        <div class="of-until">
            <TextField
                name="validity_until"
                label="Last day"
                kind="date"
                value=of.validity_until
                hint="To the end of that day, in UTC."
                required=true
            />
        </div>
        <div class="of-period">
            <LengthField
                name="validity_period"
                unit_name="validity_period_unit"
                label="Period"
                value=of.validity_period
                unit=of.validity_period_unit
                hint="A year is 365 days."
                required=true
            />
        </div>
    }
}
