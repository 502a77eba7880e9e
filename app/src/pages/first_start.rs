//! First start: creates the owner's account and names the vendor.

use leptos::{either::EitherOf3, prelude::*};
use leptos_router::hooks::use_query_map;

use crate::{
    admin::first_start::{CreateOwner, FirstStartState, first_start},
    components::{Notice, TextField, Tone, shell::PlainPage},
    form::{Form, Submit, act},
    http::load::{Loaded, fetched},
};

/// The page that the setup link opens.
#[component]
pub fn FirstStartPage() -> impl IntoView {
    let query = use_query_map();
    let token = move || query.with(|query| query.get("token"));
    let state = fetched(move || first_start(token()));
    view! {
        <PlainPage title="Set up your license server">
            <Loaded data=state view=inside />
        </PlainPage>
    }
}

fn inside(state: FirstStartState) -> impl IntoView {
    match state {
        FirstStartState::Ready => EitherOf3::A(form()),
        FirstStartState::StaleLink => EitherOf3::B(view! {
            <Notice tone=Tone::Warn>
                <p>
                    "This link is invalid or has expired. It works once, for one hour, and only until the server restarts."
                </p>
                <p>"Restart the server: until it has an owner, it prints a new link in the terminal."</p>
            </Notice>
        }),
        FirstStartState::Over => EitherOf3::C(view! {
            <Notice>
                <p>"This server is already set up, and its setup link has been used."</p>
            </Notice>
            <a class="button primary wide" href="/sign-in" rel="external">
                "Sign in"
            </a>
        }),
    }
}

fn form() -> impl IntoView {
    let action = act::<CreateOwner>();
    view! {
        <Form action id="owner" whole_page=true>
            <fieldset class="stack">
                <legend>"Your account"</legend>
                <TextField name="name" label="Your name" autocomplete="name" required=true autofocus=true />
                <TextField name="email" label="Your e-mail" kind="email" autocomplete="username" required=true />
                <TextField
                    name="password"
                    label="Password"
                    kind="password"
                    autocomplete="new-password"
                    hint="Use at least 15 characters. A few unrelated words work well."
                    required=true
                />
            </fieldset>
            <fieldset class="stack">
                <legend>"What your customers see"</legend>
                <TextField
                    name="provider_name"
                    label="Company"
                    autocomplete="organization"
                    hint="Shown on every page and in messages to devices."
                    required=true
                />
                <TextField
                    name="provider_email"
                    label="Support e-mail"
                    kind="email"
                    hint="Where customers can write if an activation is refused."
                />
            </fieldset>
            <Submit class="primary wide">"Create owner account"</Submit>
        </Form>
    }
}
