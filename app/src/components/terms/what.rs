//! The covered versions and features.

use leptos::prelude::*;

use super::ask::{Ask, Rare, Section, TermsOwner, last_day, period, with};
use crate::terms_form::PERIOD_UNITS;

const MAINTENANCE: &[(&str, &str)] =
    &[("always", "Always"), ("until", "Until a date"), ("from-issue", "For a period from issue")];

pub(super) const SECTION: Section = Section {
    title: "Versions and features",
    text: "Which versions are covered, and what they can do.",
    usual: |ask| {
        let features = (ask.owner == TermsOwner::Policy).then(|| {
            ask.features(
                "policy_features",
                "Feature values",
                &ask.of.policy_features,
                "One per line, such as max_voices = 128. Anything not listed uses the product default.",
            )
        });
        let versions = Ask::optional(
            "versions",
            "Versions covered",
            &ask.of.versions,
            "A range such as <5 or >=2.1, <4; or “any”.",
        );
        view! {
            {versions}
            {features}
        }
        .into_any()
    },
    rare: Rare { title: "Maintenance", fields: maintenance, set: |of| vec![&of.maintenance] },
};

fn maintenance(ask: &Ask) -> AnyView {
    let of = &ask.of;
    with(
        ask.select(
            "maintenance",
            "New versions are covered",
            MAINTENANCE,
            &of.maintenance,
            "Versions released by then stay covered. The product lists its releases.",
        ),
        vec![
            ("of-until", last_day("maintenance_until", &of.maintenance_until)),
            (
                "of-period",
                period(
                    ("maintenance_period", "maintenance_period_unit"),
                    "Maintenance period",
                    (&of.maintenance_period, &of.maintenance_period_unit),
                    PERIOD_UNITS,
                ),
            ),
        ],
    )
}
