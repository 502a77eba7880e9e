//! The panel for application developers.

use leptos::prelude::*;
use licensing::{
    Terms,
    terms::{Devices, EmailTerm, SignIn},
};

use crate::{
    admin::{policies::PolicyLine, products::ProductDetail},
    components::{CodeBlock, CopyButton, Fact, Facts, Panel},
    pages::first_call::FirstCall,
};

/// The endpoint, the values needed to verify a token, and a command that tries the API.
#[component]
pub(super) fn Integrate(
    /// The product.
    of: ProductDetail,
) -> impl IntoView {
    let ProductDetail { issuer, code, algorithm, policies, .. } = of;
    let endpoint = format!("{issuer}/api/v1/activations/jwt");
    let keys = format!("{issuer}/.well-known/jwks.json");
    let asked = Asked::by(&policies);
    let asks_email = !asked.email.is_empty() || !asked.own_email.is_empty();
    let call = FirstCall {
        server: &issuer,
        code: "THE-CODE",
        email: asks_email.then_some("customer@example.com"),
        signs_in: !asked.sign_in.is_empty(),
    };
    let (command, algorithm) = (call.command(), algorithm.name().to_owned());
    view! {
        <Panel id="integrate" title="Integrate" aside=|| view! { <p>"For developers."</p> }>
            <div class="stack">
                <p class="small soft">
                    "Send the activation code and a fingerprint of the device. The response is a JWT in a JSON string. Any JWT library can verify it, even offline."
                </p>
                <CodeBlock title="Try it: replace THE-CODE" text=command />
                {asked.reasons()}
                <div class="integrate">
                    <Facts>
                        {line("Activate", "the endpoint", endpoint, "POST. The same call renews.")}
                        {line("Public keys", "the address of the public keys", keys, "A JWK set. Use the key that the token’s kid names.")}
                        {line("Algorithm", "the algorithm", algorithm, "alg. Allow only this one. The token’s typ is license+jwt.")}
                        {line("Issuer", "the issuer", issuer, "iss")}
                        {line("Audience", "the audience", code, "aud")}
                    </Facts>
                </div>
            </div>
        </Panel>
    }
}

/// A value shown in full, because developers copy it into their source code.
fn line(name: &'static str, what: &'static str, text: String, note: &'static str) -> impl IntoView {
    view! {
        <Fact name>
            <code>{text.clone()}</code>
            <CopyButton text what />
            <small>{note}</small>
        </Fact>
    }
}

/// The policies that require more of a call than a code and a fingerprint. The command sends it; these are the reasons.
struct Asked {
    /// Those that require an e-mail address.
    email: Vec<String>,
    /// Those that require the license's own e-mail address.
    own_email: Vec<String>,
    /// Those that require a signed-in user.
    sign_in: Vec<String>,
    /// Those that allow only pre-registered devices.
    registered: Vec<String>,
}

impl Asked {
    fn by(policies: &[PolicyLine]) -> Self {
        let those = |asks: fn(&Terms) -> bool| {
            policies.iter().filter(|it| asks(&it.terms)).map(|it| format!("“{}”", it.name)).collect()
        };
        Self {
            email: those(|terms| terms.email == EmailTerm::Required),
            own_email: those(|terms| terms.email == EmailTerm::MustMatch),
            sign_in: those(|terms| terms.sign_in != SignIn::NotAsked),
            registered: those(|terms| terms.devices == Devices::Authorized),
        }
    }

    fn reasons(self) -> impl IntoView {
        let all = [
            (self.email, "an e-mail address (email)."),
            (self.own_email, "the license’s own e-mail address (email)."),
            (self.sign_in, "an access token from your identity provider, in place of ACCESS-TOKEN."),
            (self.registered, "a device that is pre-registered on the license’s page."),
        ];
        let text = all.into_iter().filter(|(policies, _)| !policies.is_empty()).map(|(policies, what)| {
            let asks = if policies.len() == 1 { " requires " } else { " require " };
            view! {
                <p class="small">
                    <bdi>{policies.join(", ")}</bdi>
                    {asks}
                    {what}
                </p>
            }
        });
        text.collect_view()
    }
}
