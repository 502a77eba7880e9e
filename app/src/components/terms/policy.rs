//! The terms of a policy, each field explained in a line.

use leptos::prelude::*;

use super::{EMAIL, REACTIVATION, RELEASE, owned, validity::ValidityFields};
use crate::{
    components::{ChoiceCards, FormSection, LengthField, SelectField, TextField},
    terms_form::TermsFields,
};

/// Every field of [`TermsFields`], in sections.
#[component]
pub fn PolicyFields(
    /// What stands in them at first.
    of: TermsFields,
) -> impl IntoView {
    let validity = of.clone();
    view! {
        <FormSection title="Seats" text="How many devices run at a time, and how their seats move.">
            <TextField
                name="seats"
                label="Devices at a time"
                value=of.seats
                hint="A number up to 1,000,000, or “unlimited”. A license may set its own."
                full=true
                required=true
            />
            <SelectField
                name="reactivation"
                label="When a device activates again"
                choices=owned(REACTIVATION)
                value=of.reactivation
                hint="With a fresh token; or refused, for codes that are good for one installation."
            />
            <SelectField
                name="release"
                label="Who frees a seat"
                choices=owned(RELEASE)
                value=of.release
                hint="Whether the software may give its own seat back."
            />
        </FormSection>
        <FormSection title="Lease" text="How long a device runs without asking.">
            <LengthField
                name="lease_default"
                unit_name="lease_default_unit"
                label="Lease"
                value=of.lease_default
                unit=of.lease_default_unit
                hint="One activation confirms a device for this long; its software asks again before."
                required=true
            />
            <LengthField
                name="grace"
                unit_name="grace_unit"
                label="Offline grace"
                value=of.grace
                unit=of.grace_unit
                hint="After its lease a device that cannot reach you runs on this much longer. It may be 0."
                required=true
            />
            <LengthField
                name="lease_minimum"
                unit_name="lease_minimum_unit"
                label="Shortest lease"
                value=of.lease_minimum
                unit=of.lease_minimum_unit
                hint="Software that asks for less gets this."
                required=true
            />
            <LengthField
                name="lease_maximum"
                unit_name="lease_maximum_unit"
                label="Longest lease"
                value=of.lease_maximum
                unit=of.lease_maximum_unit
                hint="Software that asks for more gets this."
                required=true
            />
        </FormSection>
        <FormSection title="End" text="When a license is over, if ever.">
            <ValidityFields of=validity />
        </FormSection>
        <FormSection title="Who, and what" text="What a device must say of itself.">
            <ChoiceCards name="email_term" label="E-mail address" choices=EMAIL value=of.email_term />
            <TextField
                name="versions"
                label="Versions covered"
                value=of.versions
                placeholder="<5"
                hint="A range such as <5 or >=2.1, <4. Empty covers all versions."
                full=true
            />
        </FormSection>
    }
}
