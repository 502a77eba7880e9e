//! The sign-in page.

use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    admin::sign_in::{SignIn, SignInOptions, sign_in_options},
    components::{Icon, Notice, Symbol, TextField, Tone, shell::PlainPage},
    form::{Form, Submit, act},
    http::{
        address::{self, TO},
        context::{ProviderLink, SignInNotice, visitor},
        load::{Loaded, fetched},
    },
};

/// Returns the address that starts a sign-in at an identity provider and then leads back to `here`.
fn provider_address(id: &str, here: &str) -> String {
    let query = if here == address::HOME { String::new() } else { address::query_with("", TO, Some(here)) };
    let query = if again() { address::query_with(&query, "again", Some("yes")) } else { query };
    format!("/sign-in/oidc/{}{query}", address::escape(id))
}

/// The identity providers and the form for a local account. Leads home if the visitor is already signed in, and shows
/// why a sign-in at a provider failed.
#[component]
pub fn SignInPage() -> impl IntoView {
    if visitor().account.is_some() && !again() && use_context::<SignInNotice>().is_none() {
        address::leave_for(address::HOME);
    }
    let state = fetched(sign_in_options);
    view! {
        <PlainPage title="Sign in to your licenses">
            <Loaded data=state view=inside />
        </PlainPage>
    }
}

/// Returns `true` if the address asks for a fresh proof: a signed-in account is to sign in again.
fn again() -> bool {
    use_query_map().with_untracked(|query| query.get("again").is_some())
}

fn inside(state: SignInOptions) -> impl IntoView {
    let SignInOptions { has_owner, local, others, notice } = state;
    let ways = if visitor().account.is_some() && !again() {
        EitherOf3::A(view! {
            <p>
                "You are signed in. " <a href="/" rel="external">
                    "Go home"
                </a>" or to " <a href="/settings/account" rel="external">
                    "your account"
                </a>"."
            </p>
        })
    } else if has_owner {
        EitherOf3::B(ways(others, local))
    } else {
        EitherOf3::C(view! {
            <Notice>
                <p>"This server has no owner yet. Open the link that it printed in the terminal when it started."</p>
                <p>"If the link has expired, restart the server: it prints a new one."</p>
            </Notice>
        })
    };
    view! {
        {notice.map(sign_in_notice)}
        {ways}
    }
}

fn sign_in_notice(SignInNotice { title, paragraphs }: SignInNotice) -> impl IntoView {
    let paragraphs = paragraphs.into_iter().map(|paragraphs| view! { <p>{paragraphs}</p> }).collect_view();
    view! {
        <Title text=title.clone() />
        <Notice tone=Tone::Bad>
            <h2>{title}</h2>
            {paragraphs}
        </Notice>
    }
}

fn ways(others: Vec<ProviderLink>, local: bool) -> impl IntoView {
    let to = use_query_map().with_untracked(|query| query.get(TO)).unwrap_or_default();
    let to = address::own(&to).to_owned();
    let several =
        (local && !others.is_empty()).then(|| view! { <p class="or"><span>"or with a local account"</span></p> });
    let local_class = if others.is_empty() { "primary wide" } else { "wide" };
    let buttons = others.into_iter().map(|ProviderLink { id, name, .. }| {
        view! {
            <a class="button primary wide" href=provider_address(&id, &to) rel="external">
                <Icon of=Symbol::LogIn />
                {format!(" Continue with {name}")}
            </a>
        }
    });
    let buttons = buttons.collect_view();
    view! {
        {buttons}
        {several}
        {if local { Either::Left(form(to, local_class)) } else { Either::Right(no_passwords()) }}
    }
}

/// The notice in place of the password form if local sign-in is off.
fn no_passwords() -> impl IntoView {
    view! {
        <p class="small muted">
            "Password sign-in is off on this server. If the provider is down or no owner can sign in there, an operator of the host can recover access with "
            <code>"latchkey accounts recover"</code> "."
        </p>
    }
}

fn form(to: String, class: &'static str) -> impl IntoView {
    let action = act::<SignIn>();
    view! {
        <Form action id="sign-in" whole_page=true>
            <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true autofocus=true />
            <TextField name="password" label="Password" kind="password" autocomplete="current-password" required=true />
            <input type="hidden" name="to" value=to />
            <Submit class busy="Signing in…">"Sign in"</Submit>
        </Form>
    }
}
