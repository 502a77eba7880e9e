//! What an application developer needs.

use leptos::prelude::*;

use crate::{
    admin::products::ProductDetail,
    components::{CodeBlock, CopyButton, Fact, Facts, Panel},
};

/// The endpoint, what to verify a token with, and a command that tries it.
#[component]
pub(super) fn Integrate(
    /// The product.
    of: ProductDetail,
) -> impl IntoView {
    let ProductDetail { issuer, code, algorithm, .. } = of;
    let endpoint = format!("{issuer}/api/v1/activations/jwt");
    let keys = format!("{issuer}/.well-known/jwks.json");
    let (command, algorithm) = (command(&endpoint), algorithm.name().to_owned());
    view! {
        <Panel id="integrate" title="Integrate" aside=|| view! { <p>"For whoever writes the software."</p> }>
            <div class="stack">
                <p class="small soft">
                    "Send the activation code and a fingerprint of the device; the answer is a JWT, as a JSON string. Any JWT library verifies it, offline too."
                </p>
                <CodeBlock title="Try it: put a code in" text=command />
                <div class="integrate">
                    <Facts>
                        {line("Activate", "the endpoint", endpoint, "POST. The same call renews.")}
                        {line("Public keys", "their address", keys, "A JWK set; take the key that the token’s kid names.")}
                        {line("Algorithm", "the algorithm", algorithm, "alg: allow this one only. The token’s typ is license+jwt.")}
                        {line("Issuer", "the issuer", issuer, "iss")}
                        {line("Audience", "the audience", code, "aud")}
                    </Facts>
                </div>
            </div>
        </Panel>
    }
}

/// Shown whole, since it is typed into other people's source.
fn line(name: &'static str, what: &'static str, text: String, note: &'static str) -> impl IntoView {
    view! {
        <Fact name>
            <code>{text.clone()}</code>
            <CopyButton text what />
            <small>{note}</small>
        </Fact>
    }
}

fn command(endpoint: &str) -> String {
    format!(
        "curl {endpoint} \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"activationCode\": \"THE-CODE\",\n       \"fingerprint\": \"device-1\"}}'"
    )
}
