//! A whole activation code, shown once: after it is created, reissued or revealed.

use leptos::prelude::*;

use crate::{
    admin::licenses::code::Secret,
    components::{CodeBlock, CopyButton, Icon, Notice, Once, Panel, Symbol, Tone},
    pages::first_call::FirstCall,
};

/// The code, and a command that tries it.
#[component]
pub(super) fn Revealed(
    /// The code.
    secret: Secret,
) -> impl IntoView {
    let Secret { code, fresh, server, email, signs_in, authorized_only } = secret;
    let call = FirstCall { server: &server, code: &code, email: email.as_deref(), signs_in };
    let command = call.command();
    let aside = match fresh {
        true => "Copy it now. You can reveal it again later; that is recorded in the audit log.",
        false => "Shown until you leave this page. Your access is recorded in the audit log.",
    };
    let shown = code.clone();
    view! {
        <Once>
            {fresh
                .then(|| {
                    view! {
                        <Notice tone=Tone::Good>
                            <p>
                                <b>"License created."</b>
                                " We don’t send e-mail. Copy the code and send it to your customer."
                            </p>
                        </Notice>
                    }
                })}
            <Panel id="code" title="Activation code" aside=move || view! { <p>{aside}</p> }>
                <div class="stack">
                    <p class="big-code row">
                        <code>{shown}</code>
                        <CopyButton text=code what="the activation code" labelled=true />
                    </p>
                </div>
            </Panel>
            {fresh.then(|| first_steps(command, server, signs_in, authorized_only))}
        </Once>
    }
}

/// A command that tries a new code, and a link to the next license.
fn first_steps(command: String, server: String, signs_in: bool, authorized_only: bool) -> impl IntoView {
    view! {
            <Panel
                id="try"
                title="Try it"
                aside=|| view! { <p>"This uses a seat. Free it below when you are done."</p> }
            >
                <div class="stack">
                    <CodeBlock title="Terminal" text=command />
                    {signs_in
                        .then(|| {
                            view! {
                                <p class="small">
                                    "The terms require a signed-in user: replace ACCESS-TOKEN with an access token from your identity provider."
                                </p>
                            }
                        })}
                    {authorized_only
                        .then(|| {
                            view! {
                                <p class="small">
                                    "Only pre-registered devices can activate: register the fingerprint device-1 below first."
                                </p>
                            }
                        })}
                    <p class="small soft">
                        "The response is a JWT in a JSON string. Any JWT library can verify it offline with the keys at "
                        <a href="/.well-known/jwks.json" rel="external">
                            {format!("{server}/.well-known/jwks.json")}
                        </a> "."
                    </p>
                    <p>
                        <a class="button" href="/licenses/new">
                            <Icon of=Symbol::Plus />
                            " New license"
                        </a>
                    </p>
                </div>
            </Panel>
    }
}
