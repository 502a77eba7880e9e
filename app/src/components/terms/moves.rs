//! How seats are given up, and given away again.

use leptos::prelude::*;

use super::{
    ask::{Ask, Rare, part, period, with},
    fields::Section,
};

const RELEASE: &[(&str, &str)] = &[
    ("by-device", "The device or support"),
    ("limited", "The device (limited) or support"),
    ("by-support", "Only support"),
];
const TRANSFERS: &[(&str, &str)] = &[("limited", "Limited per period"), ("unlimited", "At any time")];
const STRICTNESS: &[(&str, &str)] =
    &[("lenient", "Can be given away at once"), ("strict", "Cools down until its tokens have run out")];

pub(super) const SECTION: Section = Section {
    title: "Moving seats",
    text: "How a seat goes from one device to another.",
    usual: release,
    rare: Rare {
        title: "Limits on moves",
        fields: |ask| {
            let strictness = ask.select(
                "strictness",
                "A freed seat",
                STRICTNESS,
                &ask.of.strictness,
                "Given away at once, the device that left may run on offline for a while beside the new one.",
            );
            view! {
                {transfers(ask)}
                {strictness}
            }
            .into_any()
        },
        set: |of| vec![&of.transfers, &of.transfers_moves, &of.transfers_per, &of.strictness],
    },
};

fn release(ask: &Ask) -> AnyView {
    let of = &ask.of;
    with(
        ask.select(
            "release",
            "Who frees a seat",
            RELEASE,
            &of.release,
            "Whether the software may give its own seat back.",
        ),
        vec![
            (
                "of-limited",
                part("release_times", "How often", &of.release_times, "Counted over the license’s devices."),
            ),
            (
                "of-limited",
                period(("release_per", "release_per_unit"), "In a period of", (&of.release_per, &of.release_per_unit)),
            ),
        ],
    )
}

fn transfers(ask: &Ask) -> AnyView {
    let of = &ask.of;
    with(
        ask.select(
            "transfers",
            "Seats may move",
            TRANSFERS,
            &of.transfers,
            "A move frees a seat whose token still runs. What support frees is not counted.",
        ),
        vec![
            (
                "of-limited",
                part("transfers_moves", "Moves", &of.transfers_moves, "Allow enough for normal hardware changes."),
            ),
            (
                "of-limited",
                period(("transfers_per", "transfers_per_unit"), "Within", (&of.transfers_per, &of.transfers_per_unit)),
            ),
        ],
    )
}
