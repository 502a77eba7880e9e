//! The end of a license.

use leptos::prelude::*;

use super::{
    Choice,
    ask::{Ask, Rare, Section, last_day, period, with},
};
use crate::terms_form::{PERIOD_UNITS, UNITS};

const VALIDITY: &[Choice] = &[
    Choice { value: "perpetual", title: "Never", text: "The license never ends." },
    Choice { value: "until", title: "On a date", text: "The same day for every license." },
    Choice { value: "from-issue", title: "A period after issue", text: "Counted from the day the license is created." },
    Choice {
        value: "from-first-activation",
        title: "A period after the first activation",
        text: "Counted from the customer’s first device.",
    },
];
const TRIAL: &[(&str, &str)] = &[("no", "No"), ("yes", "Yes, for a limited time on each device")];
const AFTER_END: &[(&str, &str)] =
    &[("stop", "The software stops"), ("keep-running", "It keeps running, without newer versions")];

pub(super) const SECTION: Section = Section {
    title: "End",
    text: "When a license ends, if ever.",
    usual: validity,
    rare: Rare {
        title: "After the end, and trials",
        fields: |ask| {
            let after_end = ask.select(
                "after_end",
                "After the end",
                AFTER_END,
                &ask.of.after_end,
                "If it keeps running, only versions released before the end are covered.",
            );
            view! {
                {after_end}
                {trial(ask)}
            }
            .into_any()
        },
        set: |of| vec![&of.after_end, &of.trial],
    },
};

fn validity(ask: &Ask) -> AnyView {
    let of = &ask.of;
    with(
        ask.cards("validity", "A license ends", VALIDITY, &of.validity, "When the license ends."),
        vec![
            ("of-until", last_day("validity_until", &of.validity_until)),
            (
                "of-period",
                period(
                    ("validity_period", "validity_period_unit"),
                    "Period",
                    (&of.validity_period, &of.validity_period_unit),
                    PERIOD_UNITS,
                ),
            ),
        ],
    )
}

fn trial(ask: &Ask) -> AnyView {
    let of = &ask.of;
    with(
        ask.select("trial", "Trial", TRIAL, &of.trial, "Each device gets one trial per product, with any code."),
        vec![
            (
                "of-yes",
                period(
                    ("trial_length", "trial_length_unit"),
                    "Length of the trial",
                    (&of.trial_length, &of.trial_length_unit),
                    UNITS,
                ),
            ),
            (
                "of-yes full",
                ask.features(
                    "trial_features",
                    "Features during the trial",
                    &of.trial_features,
                    "Values that differ from the license’s own, one per line, such as max_voices = 8.",
                ),
            ),
        ],
    )
}
