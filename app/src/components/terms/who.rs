//! Who may activate, and on which devices.

use leptos::prelude::*;

use super::{
    Choice,
    ask::{Ask, Rare, part, with},
    fields::Section,
};

const EMAIL: &[Choice] = &[
    Choice { value: "not-asked", title: "None", text: "Anyone with the code may activate." },
    Choice {
        value: "required",
        title: "Any address",
        text: "Software must send one; support sees whose device it is.",
    },
    Choice { value: "must-match", title: "Must match the license", text: "A stolen code alone opens nothing." },
];
const SIGN_IN: &[(&str, &str)] = &[
    ("not-asked", "Nobody"),
    ("required", "Anyone"),
    ("verified-email", "Whoever has the license’s verified address"),
    ("domain", "Anyone with an address at a domain"),
    ("role", "Anyone with a role"),
];
const DEVICES: &[(&str, &str)] = &[("any", "Any"), ("authorized", "Only pre-registered")];
const IDENTITY: &[(&str, &str)] =
    &[("license", "The license"), ("policy", "All licenses of the policy"), ("product", "All licenses of the product")];
const REACTIVATION: &[(&str, &str)] = &[("same-seat", "It gets the same seat"), ("refuse", "It is refused")];

pub(super) const SECTION: Section = Section {
    title: "Who",
    text: "Who may activate, and on which devices.",
    usual: |ask| {
        ask.cards("email_term", "E-mail check", EMAIL, &ask.of.email_term, "What a device must say of its user.")
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
                        "With “Only pre-registered”, register fingerprints on each license. Until you do, no device can activate.",
                    )}
                {ask
                    .select(
                        "identity",
                        "A device has one seat in",
                        IDENTITY,
                        &of.identity,
                        "Wider than the license: the same device is refused under a second code.",
                    )}
                {ask
                    .select(
                        "reactivation",
                        "When a device activates again",
                        REACTIVATION,
                        &of.reactivation,
                        "With a fresh token; or refused, for codes that are good for one installation.",
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
            "The device sends the person’s access token of your identity provider, which the server’s setting oidc_audience accepts.",
        ),
        vec![
            (
                "of-domain",
                part("sign_in_domain", "Domain", &ask.of.sign_in_domain, "Such as example.com; not its subdomains."),
            ),
            ("of-role", part("sign_in_role", "Role", &ask.of.sign_in_role, "As the identity provider spells it.")),
        ],
    )
}
