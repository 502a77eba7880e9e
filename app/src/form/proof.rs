//! Signing in, or proving who you are, within a form, so that nothing typed is lost: if the login has ended, or if the
//! act needs a fresh proof.
//!
//! The fields are part of the form and are sent with it by an ordinary post of the whole page; the server signs in, or
//! checks the proof, and then runs the form's act. People who sign in with a provider do so in another tab and then
//! press the button again.

use leptos::{either::Either, prelude::*};

use super::submitted::{ACTION, FORM, PROOF, SIGN_IN, Submitted, refused_form};
use crate::{
    Error,
    components::{Icon, Notice, Symbol, Tone, UsernameField, shell::PlainPage},
    http::{address, address::sign_in_address, context::visitor},
};

/// The sign-in fields, for a person whose login has ended.
pub(super) fn sign_in_fields(id: String, error: &Error, here: Memo<String>) -> impl IntoView + use<> {
    let (email, password) = (format!("{id}-email"), format!("{id}-password"));
    let refused = matches!(error, Error::SignInRefused(_)).then(|| view! { <p>{error.to_string()}</p> });
    if visitor().passwords_off {
        return Either::Left(view! {
            <p>
                <b>"You were signed out. "</b>
                <a href=move || sign_in_address(&here.get()) target="_blank" rel="external noopener">
                    "Sign in in another tab"
                </a>
                ", then send the form again. Nothing that you typed is lost."
            </p>
            {refused}
        });
    }
    Either::Right(view! {
        <p>
            <b>"You were signed out. "</b>
            "Sign in here to send the form again. Nothing that you typed is lost."
        </p>
        {refused}
        <div class="who stack">
            <div class="field">
                <label for=email.clone()>"E-mail"</label>
                <input class="input" id=email name=SIGN_IN.0 type="email" autocomplete="username" />
            </div>
            <div class="field">
                <label for=password.clone()>"Password"</label>
                <input class="input" id=password name=SIGN_IN.1 type="password" autocomplete="current-password" />
            </div>
        </div>
        <p>
            <button type="submit" class="button primary">
                "Sign in and send the form"
            </button>
        </p>
        <p class="small">
            "Or "
            <a href=move || sign_in_address(&here.get()) target="_blank" rel="external noopener">
                "sign in in another tab"
            </a>
            ", then send the form again."
        </p>
    })
}

/// The password field, for a person who signed in too long ago for this act.
pub(super) fn proof_field(id: String, wrong: Option<String>, here: Memo<String>) -> impl IntoView + use<> {
    let error = format!("{id}-error");
    let described = wrong.is_some().then(|| error.clone());
    let message = wrong.map(|message| {
        view! {
            <p class="error" id=error>
                <Icon of=Symbol::CircleAlert />
                {format!("This {message}.")}
            </p>
        }
    });
    if visitor().passwords_off {
        return Either::Left(view! {
            <p>
                <b>"Confirm that it is you. "</b>
                "You signed in a while ago, and this change needs a recent sign-in. "
                <a href=move || again(&here.get()) target="_blank" rel="external noopener">
                    "Sign in again in another tab"
                </a> ", then send the form again. Nothing that you typed is lost."
            </p>
        });
    }
    Either::Right(view! {
        <p>
            <b>"Confirm that it is you. "</b>
            "You signed in a while ago, and this change needs a recent sign-in. Enter your password to send the form again. Nothing that you typed is lost."
        </p>
        <div class="who stack">
            <UsernameField email=String::new() />
            <div class="field">
                <label for=id.clone()>"Your password"</label>
                <input
                    class="input"
                    id=id
                    name=PROOF
                    type="password"
                    autocomplete="current-password"
                    aria-describedby=described.clone()
                    aria-invalid=described.is_some().then_some("true")
                />
                {message}
            </div>
        </div>
        <p>
            <button type="submit" class="button primary">
                "Confirm and send the form"
            </button>
        </p>
        <p class="small">
            "If you have no password, "
            <a href=move || again(&here.get()) target="_blank" rel="external noopener">
                "sign in again in another tab"
            </a>
            ", then send the form again."
        </p>
    })
}

/// The address of the sign-in page for a person who is signed in and has to prove it again.
fn again(here: &str) -> String {
    format!("/sign-in{}", address::query_with(&address::query_with("", "to", Some(here)), "again", Some("1")))
}

/// Shown instead of the page if its form came from a visitor who was signed out: sign-in fields, with everything that
/// was typed as hidden fields. Renders nothing if no such form was sent.
#[component]
pub(crate) fn SignInAndGoOn() -> impl IntoView {
    let here = address::here();
    refused_form().filter(|it| matches!(it.error, Error::SignInNeeded | Error::SignInRefused(_))).map(|submitted| {
        let Submitted { form, action, values, error, .. } = submitted;
        let typed = values.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
        view! {
            <PlainPage title="Sign in to continue">
                <form method="post" class="stack" id="go-on">
                    <input type="hidden" name=ACTION value=action />
                    <input type="hidden" name=FORM value=form />
                    {typed.collect_view()}
                    <Notice tone=Tone::Warn>{sign_in_fields("go-on".to_owned(), &error, here)}</Notice>
                    // For those who have signed in in another tab.
                    <button type="submit" class="button wide">
                        "Continue"
                    </button>
                </form>
            </PlainPage>
        }
    })
}
