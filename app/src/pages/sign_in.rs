//! Sign in.

use leptos::{either::EitherOf3, prelude::*};
use leptos_router::hooks::use_query_map;

use crate::{
    address,
    admin::sign_in::{Door as State, SignIn, door_state},
    components::{Notice, TextField, shell::Door},
    context::visitor,
    form::{Form, Submit},
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

/// The form for a local account. Whoever is signed in already goes home.
#[component]
pub fn SignInPage() -> impl IntoView {
    if visitor().account.is_some() && !again() {
        address::leave_for(address::HOME);
    }
    let state = fetched(|| (), |()| door_state());
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
    if visitor().account.is_some() && !again() {
        EitherOf3::A(view! {
            <p>
                "You are signed in. " <a href="/" rel="external">
                    "Go home"
                </a>
            </p>
        })
    } else if state.has_owner {
        EitherOf3::B(form())
    } else {
        EitherOf3::C(view! {
            <Notice>
                <p>"This server has no owner yet. Open the link that it printed in the terminal when it started."</p>
                <p>"The link is too old? Restart the server: it prints a fresh one."</p>
            </Notice>
        })
    }
}

fn form() -> impl IntoView {
    let action = ServerAction::<SignIn>::new();
    let to = use_query_map().with_untracked(|query| query.get(TO)).unwrap_or_default();
    view! {
        <Form action id="sign-in" whole_page=true>
            <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true autofocus=true />
            <TextField name="password" label="Password" kind="password" autocomplete="current-password" required=true />
            <input type="hidden" name="to" value=address::own(&to).to_owned() />
            <Submit class="primary wide">"Sign in"</Submit>
        </Form>
    }
}
