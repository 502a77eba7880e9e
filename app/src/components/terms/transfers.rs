//! Releases and transfers of seats.

use leptos::prelude::*;

use super::ask::{Ask, Rare, Section, part, period, with};
use crate::terms_form::UNITS;

const RELEASE: &[(&str, &str)] = &[
    ("by-device", "The device or support"),
    ("limited", "The device (limited) or support"),
    ("by-support", "Only support"),
];
const TRANSFERS: &[(&str, &str)] = &[("limited", "Limited per period"), ("unlimited", "Unlimited")];
const STRICTNESS: &[(&str, &str)] =
    &[("lenient", "Is available at once"), ("strict", "Stays held until its tokens have expired")];

pub(super) const SECTION: Section = Section {
    title: "Transfers",
    text: "How a seat moves from one device to another.",
    usual: release,
    rare: Rare {
        title: "Transfer limits",
        fields: |ask| {
            let strictness = ask.select(
                "strictness",
                "A freed seat",
                STRICTNESS,
                &ask.of.strictness,
                "If it is available at once, the previous device may keep running offline for a while, in addition to the new one.",
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
            "Who can release a seat",
            RELEASE,
            &of.release,
            "A device releases its own seat through its software.",
        ),
        vec![
            (
                "of-limited",
                part("release_times", "Number of releases", &of.release_times, "Counted across the license’s devices."),
            ),
            (
                "of-limited",
                period(
                    ("release_per", "release_per_unit"),
                    "In a period of",
                    (&of.release_per, &of.release_per_unit),
                    UNITS,
                ),
            ),
        ],
    )
}

fn transfers(ask: &Ask) -> AnyView {
    let of = &ask.of;
    with(
        ask.select(
            "transfers",
            "Transfers",
            TRANSFERS,
            &of.transfers,
            "Releasing a seat whose token is still valid counts as a transfer. Seats that support frees do not count.",
        ),
        vec![
            (
                "of-limited",
                part(
                    "transfers_moves",
                    "Number of transfers",
                    &of.transfers_moves,
                    "Allow enough for normal hardware changes.",
                ),
            ),
            (
                "of-limited",
                period(
                    ("transfers_per", "transfers_per_unit"),
                    "Within",
                    (&of.transfers_per, &of.transfers_per_unit),
                    UNITS,
                ),
            ),
        ],
    )
}
