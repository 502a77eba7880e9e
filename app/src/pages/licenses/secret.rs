//! A whole code, in sight once: after the license was made, and after it was asked for.

use leptos::prelude::*;

use crate::{
    admin::licenses::code::Secret,
    components::{CodeBlock, CopyButton, Icon, Notice, Once, Panel, Symbol, Tone},
    pages::first_call::FirstCall,
};

/// The code, and the command that tries it.
#[component]
pub(super) fn Revealed(
    /// The code.
    secret: Secret,
) -> impl IntoView {
    let Secret { code, fresh, server, email, signs_in, authorized_only } = secret;
    let call = FirstCall { server: &server, code: &code, email: email.as_deref(), signs_in };
    let command = call.command();
    let aside = match fresh {
        true => "In sight only now. Later it is masked, and revealing it is an event.",
        false => "In sight until you leave this page. That you saw it is in the audit log.",
    };
    let shown = code.clone();
    view! {
        <Once>
            {fresh
                .then(|| {
                    view! {
                        <Notice tone=Tone::Good>
                            <p>
                                <b>"The license is made."</b>
                                " Nobody has been e-mailed: copy the code and send it to the customer."
                            </p>
                        </Notice>
                    }
                })}
            <Panel id="code" title="Activation code" aside=move || view! { <p>{aside}</p> }>
                <div class="stack">
                    <p class="big-code row">
                        <code>{shown}</code>
                        <CopyButton text=code what="the activation code" words=true />
                    </p>
                </div>
            </Panel>
            <Panel
                id="try"
                title="Try it"
                aside=|| view! { <p>"Takes a real seat; revoke the device below to free it."</p> }
            >
                <div class="stack">
                    <CodeBlock title="Terminal" text=command />
                    {signs_in
                        .then(|| {
                            view! {
                                <p class="small">
                                    "Its terms ask for somebody who is signed in: put an access token of your identity provider in the place of ACCESS-TOKEN."
                                </p>
                            }
                        })}
                    {authorized_only
                        .then(|| {
                            view! {
                                <p class="small">
                                    "Only devices that are entered beforehand activate: enter the fingerprint device-1 below first."
                                </p>
                            }
                        })}
                    <p class="small soft">
                        "The answer is a JWT, as a JSON string. Any JWT library verifies it offline with the keys at "
                        <a href="/.well-known/jwks.json" rel="external">
                            {format!("{server}/.well-known/jwks.json")}
                        </a> "."
                    </p>
                    <p>
                        <a class="button" href="/licenses/new">
                            <Icon of=Symbol::Plus />
                            " Another license"
                        </a>
                    </p>
                </div>
            </Panel>
        </Once>
    }
}
