//! What an application developer needs.

use leptos::prelude::*;

use crate::{
    admin::products::ProductDetail,
    components::{Code, CodeBlock, Fact, Facts, Panel},
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
    let command = command(&endpoint);
    view! {
        <Panel id="integrate" title="Integrate" aside=|| view! { <p>"For whoever writes the software."</p> }>
            <div class="stack">
                <p class="small soft">
                    "Send the activation code and a fingerprint of the device; the answer is a JWT, as a JSON string. Any JWT library verifies it, offline too."
                </p>
                <CodeBlock title="Try it: put a code in" text=command />
                <Facts>
                    <Fact name="Activate">
                        <Code text=endpoint copies="the endpoint" />
                        <small>"POST. The same call renews."</small>
                    </Fact>
                    <Fact name="Public keys">
                        <Code text=keys copies="the address of the public keys" />
                        <small>"A JWK set; pick the key that the token’s kid names."</small>
                    </Fact>
                    <Fact name="Algorithm">
                        <Code text=algorithm.name() />
                        <small>"alg: allow this one only. The token’s typ is license+jwt."</small>
                    </Fact>
                    <Fact name="Issuer">
                        <Code text=issuer copies="the issuer" />
                        <small>"iss"</small>
                    </Fact>
                    <Fact name="Audience">
                        <Code text=code copies="the audience" />
                        <small>"aud"</small>
                    </Fact>
                </Facts>
            </div>
        </Panel>
    }
}

fn command(endpoint: &str) -> String {
    format!(
        "curl {endpoint} \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"activationCode\": \"THE-CODE\",\n       \"fingerprint\": \"device-1\"}}'"
    )
}
