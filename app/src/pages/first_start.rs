//! The first start: who owns this server, and who the vendor is.

use leptos::{either::EitherOf3, prelude::*};
use leptos_router::hooks::use_query_map;

use crate::{
    admin::first_start::{CreateOwner, FirstStartState, first_start},
    components::{Notice, TextField, Tone, shell::Door},
    form::{Form, Submit, act},
    load::{Loaded, fetched},
};

/// The page behind the link in the terminal.
#[component]
pub fn FirstStartPage() -> impl IntoView {
    let query = use_query_map();
    let token = move || query.with(|query| query.get("token"));
    let state = fetched(move || first_start(token()));
    view! {
        <Door title="Set up your license server">
            <Loaded data=state view=inside />
        </Door>
    }
}

fn inside(state: FirstStartState) -> impl IntoView {
    match state {
        FirstStartState::Ready => EitherOf3::A(form()),
        FirstStartState::StaleLink => EitherOf3::B(view! {
            <Notice tone=Tone::Warn>
                <p>
                    "This link does not work, or no longer: it is good once, for an hour, and until the server starts again."
                </p>
                <p>"Restart the server: as long as it has no owner, it prints a fresh link in the terminal."</p>
            </Notice>
        }),
        FirstStartState::Over => EitherOf3::C(view! {
            <Notice>
                <p>"This server is set up already, and its link has been used."</p>
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
                    hint="At least 15 characters; a few words that belong to nobody else are good."
                    required=true
                />
            </fieldset>
            <fieldset class="stack">
                <legend>"Who you are to your customers"</legend>
                <TextField
                    name="provider_name"
                    label="Company"
                    autocomplete="organization"
                    hint="Stands at the top of every page, and in what devices are told."
                    required=true
                />
                <TextField
                    name="provider_email"
                    label="Support e-mail"
                    kind="email"
                    hint="Where customers write when an activation is refused."
                />
            </fieldset>
            <Submit class="primary wide">"Create the owner’s account"</Submit>
        </Form>
    }
}
