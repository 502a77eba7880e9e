//! The users and devices that can activate.

use leptos::prelude::*;

use super::{
    Choice,
    ask::{Ask, Rare, Section, part, with},
};

const EMAIL: &[Choice] = &[
    Choice { value: "not-asked", title: "None", text: "Anyone with the code can activate." },
    Choice {
        value: "required",
        title: "Any address",
        text: "The software must send an address, so that support sees whose device it is.",
    },
    Choice { value: "must-match", title: "Must match the license", text: "A stolen code alone is not enough." },
];
const SIGN_IN: &[(&str, &str)] = &[
    ("not-asked", "No one"),
    ("required", "Anyone"),
    ("verified-email", "The owner of the license’s verified address"),
    ("domain", "Anyone with an address at a domain"),
    ("role", "Anyone with a role"),
];
const DEVICES: &[(&str, &str)] = &[("any", "Any"), ("authorized", "Only pre-registered")];
const IDENTITY: &[(&str, &str)] =
    &[("license", "One license"), ("policy", "All licenses of the policy"), ("product", "All licenses of the product")];
const REACTIVATION: &[(&str, &str)] = &[("same-seat", "It gets the same seat"), ("refuse", "It is refused")];

pub(super) const SECTION: Section = Section {
    title: "Users and devices",
    text: "Who can activate, and on which devices.",
    usual: |ask| {
        ask.cards(
            "email_term",
            "E-mail check",
            EMAIL,
            &ask.of.email_term,
            "The e-mail address that a device must send.",
        )
    },
    rare: Rare {
        title: "Sign-in and devices",
        fields: |ask| {
            let of = &ask.of;
            view! {
                {sign_in(ask)}
                {ask
                    .select(
                        "devices",
                        "Allowed devices",
                        DEVICES,
                        &of.devices,
                        "Register fingerprints on the page of each license. Until you do, “Only pre-registered” lets no device activate.",
                    )}
                {ask
                    .select(
                        "identity",
                        "A device has one seat in",
                        IDENTITY,
                        &of.identity,
                        "Beyond one license, the same device is refused under a second code.",
                    )}
                {ask
                    .select(
                        "reactivation",
                        "When a device activates again",
                        REACTIVATION,
                        &of.reactivation,
                        "Refuse it for codes that are meant for one installation. Otherwise it gets a new token.",
                    )}
            }
            .into_any()
        },
        set: |of| vec![&of.sign_in, &of.devices, &of.identity, &of.reactivation],
    },
};

fn sign_in(ask: &Ask) -> AnyView {
    with(
        ask.select(
            "sign_in",
            "Who must be signed in",
            SIGN_IN,
            &ask.of.sign_in,
            "The device sends the user’s access token from your identity provider. The server’s setting oidc_audience must accept it.",
        ),
        vec![
            (
                "of-domain",
                part("sign_in_domain", "Domain", &ask.of.sign_in_domain, "For example, example.com. Subdomains are not included."),
            ),
            ("of-role", part("sign_in_role", "Role", &ask.of.sign_in_role, "As the identity provider spells it.")),
        ],
    )
}
