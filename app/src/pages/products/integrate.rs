//! The panel for application developers.

use leptos::prelude::*;
use licensing::{
    Terms,
    product::Algorithm,
    terms::{Devices, EmailTerm, SignIn},
};

use super::snippets::{LANGUAGES, Language, download};
use crate::{
    admin::{
        policies::PolicyLine,
        products::{ProductDetail, ProductKey},
    },
    components::{CodeBlock, CopyButton, Fact, Facts, Panel},
    http::address::query_values,
    pages::first_call::FirstCall,
};

/// The key of the language in the address.
const LANGUAGE: &str = "code";

/// The endpoint, the values needed to verify a token, and a command that tries the API.
#[component]
pub(super) fn Integrate(
    /// The product.
    of: ProductDetail,
) -> impl IntoView {
    let ProductDetail { issuer, code, algorithm, policies, key, .. } = of;
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
    let command = call.command();
    let verify = key.map(|key| verification(algorithm, &key, &issuer, &code));
    let algorithm = algorithm.name().to_owned();
    view! {
        <Panel id="integrate" title="Integrate" aside=|| view! { <p>"For developers."</p> }>
            <div class="stack">
                <p class="small soft">
                    "Send the activation code and a fingerprint of the device. The response is a JWT in a JSON string. Any JWT library can verify it, even offline."
                </p>
                <CodeBlock title="Try it: replace THE-CODE" text=command />
                {asked.reasons()}
                {verify}
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

/// Code that verifies a token, in the language that the address names, and the key that it contains.
fn verification(algorithm: Algorithm, key: &ProductKey, issuer: &str, audience: &str) -> impl IntoView + use<> {
    let wanted = untrack(query_values([LANGUAGE]));
    let [wanted] = wanted;
    let chosen = Language::of(&wanted);
    let tabs = LANGUAGES.map(|language| {
        let current = (language.key == chosen.key).then_some("page");
        view! {
            <a href=format!("?{LANGUAGE}={}#verify", language.key) aria-current=current>
                {language.name}
            </a>
        }
    });
    let text = chosen.code(algorithm, key, issuer, audience);
    let jwk = serde_json::to_string_pretty(&key.jwk).unwrap_or_default();
    let file = |extension: &str| format!("{audience}-public-key.{extension}");
    let (pem_file, jwk_file) = (file("pem"), file("jwk.json"));
    view! {
        <h3 id="verify">"Verify a token"</h3>
        <nav class="tabs" aria-label="Language">{tabs.into_iter().collect_view()}</nav>
        <CodeBlock title=format!("Verify in {}", chosen.name) text />
        <p class="small soft">
            "The code contains the key that signs now. After a rotation, tokens name another key: ship the whole key set below, or fetch it, and choose by the token’s kid."
        </p>
        <details>
            <summary>"Public key"</summary>
            <div class="stack">
                <CodeBlock title="PEM" text=key.pem.clone() />
                <CodeBlock title="JWK" text=jwk.clone() />
                <p class="row">
                    <a class="button small" href=download(&key.pem) download=pem_file>
                        "Download PEM"
                    </a>
                    <a class="button small" href=download(&jwk) download=jwk_file>
                        "Download JWK"
                    </a>
                </p>
            </div>
        </details>
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
