//! The fields of a product's form.

use leptos::prelude::*;
use licensing::{CodeShape, product::Algorithm};

use crate::components::{Choice, ChoiceCards, FormSection, TextArea};

const ALGORITHMS: &[Choice] = &[
    Choice {
        value: Algorithm::ES256.name(),
        title: "ES256",
        text: "Recommended. ECDSA on P-256: every JWT library can verify it.",
    },
    Choice {
        value: Algorithm::EdDSA.name(),
        title: "EdDSA",
        text: "Ed25519: small and fast; older JWT libraries lack it.",
    },
    Choice { value: Algorithm::RS256.name(), title: "RS256", text: "RSA: for old libraries; longer tokens, slower." },
];

const SHAPES: &[Choice] = &[
    Choice {
        value: CodeShape::FourBySeven.name(),
        title: "Four groups of seven",
        text: "Cannot be guessed: 135 random bits.",
    },
    Choice {
        value: CodeShape::ThreeBySix.name(),
        title: "Three groups of six",
        text: "Shorter to type; good against guessing over the network: 85 random bits.",
    },
];

const LINES: u32 = 6;
const EXAMPLE: &str = "surround: boolean = off\nmax_voices: number = 64\nedition: choice(studio, live) = studio\nlabel: text = \"Made with Drift\"";

/// How tokens are signed and codes look.
#[component]
pub(super) fn SigningFields(algorithm: Algorithm, shape: CodeShape) -> impl IntoView {
    view! {
        <FormSection title="Tokens and codes" text="What devices verify, and what customers type.">
            <ChoiceCards
                name="algorithm"
                label="Tokens are signed with"
                choices=ALGORITHMS
                value=algorithm.name()
                hint="A key is made where there is none. A change reaches each device at its next renewal."
            />
            <ChoiceCards
                name="code_shape"
                label="Generated activation codes have"
                choices=SHAPES
                value=shape.name()
                hint="Codes that exist stay as they are."
            />
        </FormSection>
    }
}

/// What a license can switch.
#[component]
pub(super) fn FeatureLines(text: String) -> impl IntoView {
    view! {
        <FormSection title="Features" text="What a license can switch, and what the token then carries.">
            <TextArea
                name="features"
                label="Features, a line each"
                value=text
                hint="Name, kind and default. The kinds are boolean, number, text and choice(…, …), which lists its choices."
                placeholder=EXAMPLE
                rows=LINES
                code=true
            />
        </FormSection>
    }
}

/// What was released, and when.
#[component]
pub(super) fn ReleaseLines(text: String) -> impl IntoView {
    view! {
        <FormSection title="Releases" text="What a license whose maintenance is over still covers.">
            <TextArea
                name="releases"
                label="Releases, a line each"
                value=text
                hint="Version and day. While none is listed, the end of maintenance refuses no version."
                placeholder="2.1.0 2026-03-12"
                rows=LINES
                code=true
            />
        </FormSection>
    }
}
