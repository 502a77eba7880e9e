//! Sign in.

use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    address,
    admin::sign_in::{Door as State, SignIn, door_state},
    components::{Icon, Notice, Symbol, TextField, Tone, shell::Door},
    context::{OtherDoor, Trouble, visitor},
    form::{Form, Submit, act},
    load::{Loaded, fetched},
};

/// The query's key for where one wanted to go.
const TO: &str = "to";

/// The address of the sign-in page that leads back to `here` afterwards.
pub fn sign_in_address(here: &str) -> String {
    match here {
        address::HOME => "/sign-in".to_owned(),
        _ => format!("/sign-in{}", address::query_with("", TO, Some(here))),
    }
}

/// The address that leads on to an identity provider, and back to `here` afterwards.
fn provider_address(id: &str, here: &str) -> String {
    let query = if here == address::HOME { String::new() } else { address::query_with("", TO, Some(here)) };
    let query = if again() { address::query_with(&query, "again", Some("yes")) } else { query };
    format!("/sign-in/oidc/{}{query}", address::escape(id))
}

/// The identity providers, and the form for a local account. Whoever is signed in already goes home; whoever comes back from
/// a provider without having got in reads why.
#[component]
pub fn SignInPage() -> impl IntoView {
    if visitor().account.is_some() && !again() && use_context::<Trouble>().is_none() {
        address::leave_for(address::HOME);
    }
    let state = fetched(door_state);
    view! {
        <Door title="Sign in to your licenses">
            <Loaded data=state view=inside />
        </Door>
    }
}

/// Whether the address asks somebody who is signed in to sign in again, as a proof.
fn again() -> bool {
    use_query_map().with_untracked(|query| query.get("again").is_some())
}

fn inside(state: State) -> impl IntoView {
    let State { has_owner, local, others, trouble } = state;
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
                <p>"The link is too old? Restart the server: it prints a fresh one."</p>
            </Notice>
        })
    };
    view! {
        {trouble.map(told)}
        {ways}
    }
}

fn told(Trouble { title, words }: Trouble) -> impl IntoView {
    let words = words.into_iter().map(|words| view! { <p>{words}</p> }).collect_view();
    view! {
        <Title text=title.clone() />
        <Notice tone=Tone::Bad>
            <h2>{title}</h2>
            {words}
        </Notice>
    }
}

fn ways(others: Vec<OtherDoor>, local: bool) -> impl IntoView {
    let to = use_query_map().with_untracked(|query| query.get(TO)).unwrap_or_default();
    let to = address::own(&to).to_owned();
    let several =
        (local && !others.is_empty()).then(|| view! { <p class="or"><span>"or with a local account"</span></p> });
    let local_class = if others.is_empty() { "primary wide" } else { "wide" };
    let buttons = others.into_iter().map(|OtherDoor { id, name, .. }| {
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

/// Where to turn where passwords are not taken.
fn no_passwords() -> impl IntoView {
    view! {
        <p class="small muted">
            "Passwords are not taken on this server. If the provider is down, or lets no owner in, whoever runs the host lets one in with "
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
