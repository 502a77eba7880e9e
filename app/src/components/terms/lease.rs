//! How long a device runs without asking.

use leptos::prelude::*;

use super::{
    ask::{Ask, Rare},
    fields::Section,
};

pub(super) const SECTION: Section = Section {
    title: "Lease",
    text: "How long a device runs without asking.",
    usual: |ask| {
        view! {
            {ask
                .length(
                    ("lease_default", "lease_default_unit"),
                    "Lease",
                    (&ask.of.lease_default, &ask.of.lease_default_unit),
                    "One activation confirms a device for this long; its software asks again before.",
                )}
            {ask
                .length(
                    ("grace", "grace_unit"),
                    "Offline grace",
                    (&ask.of.grace, &ask.of.grace_unit),
                    "After its lease a device that cannot reach you runs on this much longer. It may be 0.",
                )}
        }
        .into_any()
    },
    rare: Rare {
        title: "Lease on request, and features in grace",
        fields: |ask| {
            view! {
                {ask
                    .length(
                        ("lease_minimum", "lease_minimum_unit"),
                        "Shortest lease",
                        (&ask.of.lease_minimum, &ask.of.lease_minimum_unit),
                        "Software that asks for less gets this.",
                    )}
                {ask
                    .length(
                        ("lease_maximum", "lease_maximum_unit"),
                        "Longest lease",
                        (&ask.of.lease_maximum, &ask.of.lease_maximum_unit),
                        "Software that asks for more gets this.",
                    )}
                {grace_features(ask)}
            }
            .into_any()
        },
        set: |of| vec![&of.lease_minimum, &of.lease_maximum, &of.grace_features],
    },
};

fn grace_features(ask: &Ask) -> AnyView {
    ask.features(
        "grace_features",
        "Features in offline grace",
        &ask.of.grace_features,
        "What differs then, one a line, such as surround = off; or “none”.",
    )
}
