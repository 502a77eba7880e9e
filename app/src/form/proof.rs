//! Who is there? Asked within a form, so that nothing that was typed is lost: where the login has ended meanwhile, and where
//! an act is so grave that it asks for a fresh proof.
//!
//! The fields go along with the form, by an ordinary post of the whole page; the server signs in, or checks the proof,
//! and then does what the form asks. Whoever signs in with a provider does so in another tab and presses the button again.

use leptos::{either::Either, prelude::*};

use super::submitted::{ACTION, FORM, PROOF, SIGN_IN, Submitted, refused_form};
use crate::{
    Error, address,
    components::{Icon, Notice, Symbol, Tone, UsernameField, shell::Door},
    context::visitor,
    pages::sign_in::sign_in_address,
};

/// The fields of somebody whose login has ended.
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
                " and then send the form again: nothing that you typed is lost."
            </p>
            {refused}
        });
    }
    Either::Right(view! {
        <p>
            <b>"You were signed out. "</b>
            "Sign in here and send the form once more: nothing that you typed is lost."
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
        <p class="small">
            "Or "
            <a href=move || sign_in_address(&here.get()) target="_blank" rel="external noopener">
                "sign in in another tab"
            </a>
            " and then send the form again."
        </p>
    })
}

/// The field of somebody who signed in too long ago for what they want to do.
pub(super) fn proof_field(id: String, wrong: Option<String>, here: Memo<String>) -> impl IntoView + use<> {
    let error = format!("{id}-error");
    let described = wrong.is_some().then(|| error.clone());
    let message = wrong.map(|words| {
        view! {
            <p class="error" id=error>
                <Icon of=Symbol::CircleAlert />
                {format!("This {words}.")}
            </p>
        }
    });
    if visitor().passwords_off {
        return Either::Left(view! {
            <p>
                <b>"One more look: is it you? "</b>
                "You signed in a while ago, and this is an act that matters. "
                <a href=move || again(&here.get()) target="_blank" rel="external noopener">
                    "Sign in again in another tab"
                </a> " and then send the form again; nothing that you typed is lost."
            </p>
        });
    }
    Either::Right(view! {
        <p>
            <b>"One more look: is it you? "</b>
            "You signed in a while ago, and this is an act that matters. Give your password and send the form once more; nothing that you typed is lost."
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
        <p class="small">
            "Without a password, "
            <a href=move || again(&here.get()) target="_blank" rel="external noopener">
                "sign in again in another tab"
            </a>
            " and then send the form again."
        </p>
    })
}

/// The sign-in page for somebody who is signed in, to prove who they are.
fn again(here: &str) -> String {
    format!("/sign-in{}", address::query_with(&address::query_with("", "to", Some(here)), "again", Some("1")))
}

/// What stands in place of a page whose form came from somebody who was signed out: the way in, with all that was typed.
/// Nothing where no form came.
#[component]
pub(crate) fn SignInAndGoOn() -> impl IntoView {
    let here = address::here();
    refused_form().filter(|it| matches!(it.error, Error::SignInNeeded | Error::SignInRefused(_))).map(|submitted| {
        let Submitted { form, action, values, error, .. } = submitted;
        let typed = values.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
        view! {
            <Door title="Sign in to go on">
                <form method="post" class="stack" id="go-on">
                    <input type="hidden" name=ACTION value=action />
                    <input type="hidden" name=FORM value=form />
                    {typed.collect_view()}
                    <Notice tone=Tone::Warn>{sign_in_fields("go-on".to_owned(), &error, here)}</Notice>
                    <button type="submit" class="button primary wide">
                        "Continue"
                    </button>
                </form>
            </Door>
        }
    })
}
