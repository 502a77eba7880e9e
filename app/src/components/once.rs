//! Secrets that are shown once.

use leptos::prelude::*;

use super::{CopyButton, Notice, Symbol, Tone};

/// A secret that the server shows only once, such as a new token. With script it stays visible as long as the page
/// does, whichever dialog is opened there.
#[component]
pub fn Once(
    /// The secret and the text around it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="once" data-once="">
            {children()}
        </div>
    }
}

/// A new secret with a button that copies it.
#[component]
pub fn NewSecret(
    /// The icon.
    icon: Symbol,
    /// The first sentence: an instruction.
    instruction: &'static str,
    /// The second sentence: how long the secret is shown and valid.
    validity: &'static str,
    /// The secret.
    secret: String,
    /// The secret's name, for the button's label.
    what: &'static str,
) -> impl IntoView {
    view! {
        <Once>
            <Notice tone=Tone::Good icon=icon>
                <p>
                    <b>{instruction}</b>
                    " "
                    {validity}
                </p>
                <p class="row">
                    <code class="made-link">{secret.clone()}</code>
                    <CopyButton text=secret what labelled=true />
                </p>
            </Notice>
        </Once>
    }
}
