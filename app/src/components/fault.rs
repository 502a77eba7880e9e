//! Error pages inside the shell: the error, and a way on.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Code, Icon, Symbol};
use crate::{
    Error,
    http::{
        address::{self, sign_in_address},
        context::visitor,
        status::set_status,
    },
};

/// Replaces the page's content with an error, under the error's status.
#[component]
pub fn Fault(
    /// The error.
    error: Error,
) -> impl IntoView {
    set_status(error.status());
    let here = address::here();
    let (icon, title) = heading(&error);
    let request = match &error {
        Error::Internal { .. } | Error::Unavailable => Some(visitor().request_id).filter(|id| !id.is_empty()),
        _ => None,
    };
    view! {
        <Title text=title />
        <section class="fault" aria-labelledby="fault">
            <Icon of=icon />
            <h1 id="fault">{title}</h1>
            <p>{message(&error)}</p>
            <div class="actions">{ways_on(&error, here)}</div>
            {request
                .map(|id| {
                    view! {
                        <p class="muted small">
                            "Request " <Code text=id copies="the request id" /> ", also in the server’s log"
                        </p>
                    }
                })}
        </section>
    }
}

fn heading(error: &Error) -> (Symbol, &'static str) {
    match error {
        Error::NotFound => (Symbol::FileQuestion, "There is nothing at this address"),
        Error::Forbidden(_) => (Symbol::Lock, "Your role cannot open this page"),
        Error::SignInNeeded | Error::SignInRefused(_) => (Symbol::DoorClosed, "You were signed out"),
        Error::ProofNeeded(_) => (Symbol::Lock, "Confirm that it is you"),
        Error::Throttled(_) => (Symbol::Clock, "Too many attempts"),
        Error::Unavailable => (Symbol::Unplug, "The server is busy or cannot be reached"),
        Error::Internal { .. } => (Symbol::Unplug, "Something went wrong on our side"),
        Error::Invalid(_)
        | Error::Refused(_)
        | Error::Conflict(_)
        | Error::Stale { .. }
        | Error::ReasonNeeded { .. } => (Symbol::CircleSlash, "This page cannot be shown"),
    }
}

fn message(error: &Error) -> String {
    match error {
        Error::Throttled(_) | Error::ProofNeeded(_) | Error::Stale { .. } | Error::ReasonNeeded { .. } => {
            error.to_string()
        }
        Error::NotFound => "The link may be incomplete, or its target was deleted.".to_owned(),
        Error::SignInNeeded => "Your login has ended, or you were inactive for a while.".to_owned(),
        Error::Internal { .. } | Error::Unavailable => {
            "Nothing was changed. Your customers’ activations are not affected: they run separately.".to_owned()
        }
        Error::Invalid(fields) => fields.iter().map(|it| format!("{} {} ", it.field, it.message)).collect(),
        Error::Forbidden(message)
        | Error::SignInRefused(message)
        | Error::Refused(message)
        | Error::Conflict(message) => message.clone(),
    }
}

fn ways_on(error: &Error, here: Memo<String>) -> AnyView {
    let again = matches!(error, Error::Internal { .. } | Error::Unavailable);
    if matches!(error, Error::SignInNeeded | Error::SignInRefused(_) | Error::ProofNeeded(_)) {
        return view! {
            <a class="button primary" rel="external" href=move || sign_in_address(&here.get())>
                <Icon of=Symbol::LogIn />
                " Sign in and continue"
            </a>
        }
        .into_any();
    }
    view! {
        {again
            .then(|| {
                view! {
                    <a class="button primary" rel="external" href=move || here.get()>
                        <Icon of=Symbol::RefreshCw />
                        " Try again"
                    </a>
                }
            })}
        <a class=if again { "button" } else { "button primary" } href="/">
            "Home"
        </a>
    }
    .into_any()
}
