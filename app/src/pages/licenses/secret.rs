//! A whole code, in sight once: after the license was made, and after it was asked for.

use leptos::prelude::*;

use crate::{
    admin::licenses::code::Secret,
    components::{CodeBlock, CopyButton, Icon, Notice, Panel, Symbol, Tone},
};

/// The code, and the command that tries it.
#[component]
pub(super) fn Revealed(
    /// The code.
    secret: Secret,
) -> impl IntoView {
    let Secret { code, fresh, server } = secret;
    let aside = match fresh {
        true => "In sight only now. Later it is masked, and revealing it is an event.",
        false => "In sight until you leave this page. That you saw it is in the audit log.",
    };
    let (shown, command) = (code.clone(), command(&server, &code));
    view! {
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
    }
}

/// The command that activates a first device.
fn command(server: &str, code: &str) -> String {
    let body = serde_json::json!({ "activationCode": code, "fingerprint": "device-1" }).to_string();
    let quoted = body.replace('\'', r"'\''");
    format!("curl {server}/api/v1/activations/jwt \\\n  -H 'Content-Type: application/json' \\\n  -d '{quoted}'")
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn the_command_survives_a_code_with_quotes() {
        assert_eq!(
            command("https://licenses.example", r#"IT'S-"MINE""#),
            "curl https://licenses.example/api/v1/activations/jwt \\\n  -H 'Content-Type: application/json' \\\n  \
             -d '{\"activationCode\":\"IT'\\''S-\\\"MINE\\\"\",\"fingerprint\":\"device-1\"}'"
        );
    }
}
