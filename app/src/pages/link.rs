//! The page that a single-use link opens: to accept an invitation or to set a new password.

use leptos::{either::EitherOf4, prelude::*};
use leptos_router::hooks::use_query_map;

use crate::{
    admin::accounts::links::{LinkStanding, SetPassword, TakeInvitation, link_state},
    components::{Notice, TextField, Tone, UsernameField, shell::PlainPage},
    form::{Form, Submit, act},
    http::{
        context::visitor,
        load::{Loaded, fetched},
    },
    text::roles::role_name,
};

/// The invitation or the password form; or a notice that the link does not work.
#[component]
pub fn LinkPage() -> impl IntoView {
    let query = use_query_map();
    let token = move || query.with(|query| query.get("token"));
    let state = fetched(move || link_state(token()));
    view! {
        <PlainPage title="Set up your account">
            <Loaded data=state view=inside />
        </PlainPage>
    }
}

fn inside(state: LinkStanding) -> impl IntoView {
    match state {
        LinkStanding::Invitation { email, role } if visitor().passwords_off => EitherOf4::D(view! {
            <p>
                "You are invited as " <b>{role_name(role)}</b> ". Sign in at the identity provider where your e-mail address is " <b>
                    <bdi>{email}</bdi>
                </b> ". You get this role when you first sign in."
            </p>
            <a class="button primary wide" href="/sign-in" rel="external">
                "Sign in"
            </a>
        }),
        LinkStanding::Invitation { email, role } => {
            let action = act::<TakeInvitation>();
            EitherOf4::A(view! {
                <p>
                    "You are invited as " <b>{role_name(role)}</b> ". You will sign in with " <b>
                        <bdi>{email.clone()}</bdi>
                    </b> "."
                </p>
                <Form action id="join" whole_page=true>
                    <TextField name="name" label="Your name" autocomplete="name" required=true autofocus=true />
                    {new_password(email)} <Submit class="primary wide">"Accept invitation"</Submit>
                </Form>
            })
        }
        LinkStanding::Password { name, email } => {
            let action = act::<SetPassword>();
            EitherOf4::B(view! {
                <p>
                    "Choose a new password, " <bdi>{name}</bdi> ". You sign in with " <b>
                        <bdi>{email.clone()}</bdi>
                    </b> ". Your current logins will end."
                </p>
                <Form action id="new-password" whole_page=true>
                    {new_password(email)} <Submit class="primary wide">"Set password"</Submit>
                </Form>
            })
        }
        LinkStanding::Stale => EitherOf4::C(view! {
            <Notice tone=Tone::Warn>
                <p>"This link is invalid or has expired. It works once, for at most a day."</p>
                <p>"Ask an owner of this server for a new one."</p>
            </Notice>
            <a class="button wide" href="/sign-in" rel="external">
                "Sign in"
            </a>
        }),
    }
}

fn new_password(email: String) -> impl IntoView {
    view! {
        <UsernameField email />
        <TextField
            name="password"
            label="New password"
            kind="password"
            autocomplete="new-password"
            hint="Use at least 15 characters. A few unrelated words work well."
            required=true
        />
    }
}
