//! The time for which a device runs without contacting the server.

use leptos::prelude::*;

use super::ask::{Ask, Rare, Section};

pub(super) const SECTION: Section = Section {
    title: "Lease",
    text: "How long a device runs without contacting the server.",
    usual: |ask| {
        view! {
            {ask
                .length(
                    ("lease_default", "lease_default_unit"),
                    "Lease",
                    (&ask.of.lease_default, &ask.of.lease_default_unit),
                    "An activation is granted for this long. The software renews it before it ends.",
                )}
            {ask
                .length(
                    ("grace", "grace_unit"),
                    "Offline grace",
                    (&ask.of.grace, &ask.of.grace_unit),
                    "A device that cannot reach the server keeps running for this long after its lease. Can be 0.",
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
                        "Requests for a shorter lease get this one.",
                    )}
                {ask
                    .length(
                        ("lease_maximum", "lease_maximum_unit"),
                        "Longest lease",
                        (&ask.of.lease_maximum, &ask.of.lease_maximum_unit),
                        "Requests for a longer lease get this one.",
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
        "Values that differ in offline grace, one per line, such as surround = off; or “none”.",
    )
}
