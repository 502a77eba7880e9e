//! Secrets that are shown once.

use leptos::prelude::*;

use super::{CopyButton, Notice, Symbol, Tone};

/// Something that the server gives out once, such as a new token. With script it stays in sight as long as the page does,
/// whatever dialog is opened there.
#[component]
pub fn Once(
    /// The secret and the words around it.
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
    /// The first sentence, which says what to do.
    instruction: &'static str,
    /// The second sentence, which says how long the secret is shown and is good.
    validity: &'static str,
    /// The secret.
    secret: String,
    /// Its name, for the button's label.
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
                    <CopyButton text=secret what words=true />
                </p>
            </Notice>
        </Once>
    }
}
