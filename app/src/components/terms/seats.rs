//! The number of seats, and the conditions for keeping one.

use leptos::prelude::*;

use super::ask::{Ask, Rare, Section};

const HOLDING: &[(&str, &str)] = &[("fixed", "Fixed"), ("floating", "Floating (check-in)")];
const WHEN_FULL: &[(&str, &str)] =
    &[("refuse", "The next device is refused"), ("take-over", "A lapsed seat is taken over")];

pub(super) const SECTION: Section = Section {
    title: "Seats",
    text: "How many devices can run at a time, and how they keep their seats.",
    usual: |ask| {
        view! {
            {ask
                .text(
                    "seats",
                    "Devices at a time",
                    &ask.of.seats,
                    "A number up to 1,000,000, or “unlimited”. A license may set its own.",
                )}
            {ask
                .select(
                    "holding",
                    "Seat type",
                    HOLDING,
                    &ask.of.holding,
                    "A fixed seat stays with its device. A floating seat is free while the software does not use it.",
                )}
        }
        .into_any()
    },
    rare: Rare {
        title: "When all seats are in use",
        fields: |ask| {
            view! {
                {ask
                    .select(
                        "when_full",
                        "When all are in use",
                        WHEN_FULL,
                        &ask.of.when_full,
                        "A floating seat whose lease has ended stays with its device until another one needs it.",
                    )}
                {Ask::optional(
                    "overage",
                    "Overage",
                    &ask.of.overage,
                    "Devices allowed beyond the limit and shown as over: 2, 10 %, or “none”.",
                )}
            }
            .into_any()
        },
        set: |of| vec![&of.when_full, &of.overage],
    },
};
