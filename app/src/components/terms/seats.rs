//! How many devices, and what keeps their seats.

use leptos::prelude::*;

use super::{
    ask::{Ask, Rare},
    fields::Section,
};

const HOLDING: &[(&str, &str)] = &[("fixed", "Node-locked"), ("floating", "Floating (check-in)")];
const WHEN_FULL: &[(&str, &str)] =
    &[("refuse", "The next device is refused"), ("take-over", "A lapsed seat is taken over")];

pub(super) const SECTION: Section = Section {
    title: "Seats",
    text: "How many devices run at a time, and what keeps a seat.",
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
                    "A floating seat is given back when the software checks out, and taken again when it is back.",
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
                    "Devices let in beyond the limit and shown as over: 2, 10 %, or “none”.",
                )}
            }
            .into_any()
        },
        set: |of| vec![&of.when_full, &of.overage],
    },
};
