//! The fields of a product's form.

use std::sync::LazyLock;

use leptos::prelude::*;
use licensing::{CodeShape, product::Algorithm};

use crate::components::{Choice, ChoiceCards, FormSection, TextArea};

static ALGORITHMS: LazyLock<[Choice; 3]> = LazyLock::new(|| {
    [
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
        Choice {
            value: Algorithm::RS256.name(),
            title: "RS256",
            text: "RSA: for old libraries; longer tokens, slower.",
        },
    ]
});

static SHAPES: LazyLock<[Choice; 2]> = LazyLock::new(|| {
    [
        Choice {
            value: CodeShape::FourBySeven.name(),
            title: "Four groups of seven",
            text: "Cannot be guessed: 135 random bits.",
        },
        Choice {
            value: CodeShape::ThreeBySix.name(),
            title: "Three groups of six",
            text: "Shorter to type; still too long to guess over a network: 85 random bits.",
        },
    ]
});

const LINES: u32 = 6;
const EXAMPLE: &str = "surround: boolean = off\nmax_voices: number = 64\nedition: choice(studio, live) = studio\nlabel: text = \"Made with Drift\"";

/// The fields for the signing algorithm and the format of activation codes.
#[component]
pub(super) fn SigningFields(algorithm: Algorithm, shape: CodeShape) -> impl IntoView {
    view! {
        <FormSection title="Tokens and codes" text="What devices verify, and what customers type.">
            <ChoiceCards
                name="algorithm"
                label="Signing algorithm"
                choices=&*ALGORITHMS
                value=algorithm.name()
                hint="We create a key if needed. Devices switch at their next renewal."
            />
            <ChoiceCards
                name="code_shape"
                label="Activation code format"
                choices=&*SHAPES
                value=shape.name()
                hint="Existing codes do not change."
            />
        </FormSection>
    }
}

/// The field for the product's features.
#[component]
pub(super) fn FeatureLines(text: String) -> impl IntoView {
    view! {
        <FormSection title="Features" text="Options a license can set. They are included in the token.">
            <TextArea
                name="features"
                label="Features, one per line"
                value=text
                hint="Name: type = default. The types are boolean, number, text, and choice(…, …), which lists its choices."
                placeholder=EXAMPLE
                rows=LINES
                code=true
            />
        </FormSection>
    }
}

/// The field for the product's versions and their release dates.
#[component]
pub(super) fn ReleaseLines(text: String) -> impl IntoView {
    view! {
        <FormSection title="Versions" text="They decide which versions a license covers after its maintenance ends.">
            <TextArea
                name="releases"
                label="Released versions, one per line"
                value=text
                hint="Version and day of release. If you list none, the end of maintenance excludes no version."
                placeholder="2.1.0 2026-03-12"
                rows=LINES
                code=true
            />
        </FormSection>
    }
}
