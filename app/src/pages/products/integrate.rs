//! What an application developer needs.

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

/// The endpoint, what to verify a token with, and a command that tries it.
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
        <Panel id="integrate" title="Integrate" aside=|| view! { <p>"For whoever writes the software."</p> }>
            <div class="stack">
                <p class="small soft">
                    "Send the activation code and a fingerprint of the device; the answer is a JWT, as a JSON string. Any JWT library verifies it, offline too."
                </p>
                <CodeBlock title="Try it: put a code in" text=command />
                {asked.reasons()}
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

/// What some of the policies ask of a call beyond a code and a fingerprint: the command has it, and these are the reasons.
struct Asked {
    /// Those that ask for an e-mail address.
    email: Vec<String>,
    /// Those that compare it with the license's own.
    own_email: Vec<String>,
    /// Those that ask for somebody who is signed in.
    sign_in: Vec<String>,
    /// Those that let in only devices that are entered beforehand.
    entered: Vec<String>,
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
            entered: those(|terms| terms.devices == Devices::Authorized),
        }
    }

    fn reasons(self) -> impl IntoView {
        let all = [
            (self.email, "an e-mail address, email."),
            (self.own_email, "the license’s own e-mail address, email."),
            (self.sign_in, "an access token of your identity provider, in the place of ACCESS-TOKEN."),
            (self.entered, "a device that was entered beforehand on the page of the license."),
        ];
        let said = all.into_iter().filter(|(policies, _)| !policies.is_empty()).map(|(policies, what)| {
            let asks = if policies.len() == 1 { " asks for " } else { " ask for " };
            view! {
                <p class="small">
                    <bdi>{policies.join(", ")}</bdi>
                    {asks}
                    {what}
                </p>
            }
        });
        said.collect_view()
    }
}
