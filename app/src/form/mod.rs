//! Forms that work with script and without.
//!
//! Without: the form is posted to the page it stands on, with the server function's path in a hidden field. The server
//! runs that function; when it is refused, the same page comes back, filled in, each message at its field.
//! With: the same fields go to the same server function by fetch, and the same messages appear.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod proof;
mod stale;
mod state;
mod submit;
mod submitted;
mod summary;
mod typed;

use leptos::{
    context::Provider,
    ev,
    form::FromFormData,
    html,
    prelude::*,
    server_fn::{Http, ServerFn, client::Client, codec::PostUrl},
};
use serde::de::DeserializeOwned;

pub(crate) use proof::SignInAndGoOn;
pub use stale::Revision;
#[cfg(feature = "ssr")]
pub(crate) use stale::read_revision;
pub use state::FormState;
pub use submit::Submit;
pub(crate) use submitted::refused_form;
pub use submitted::{ACTION, FORM, PROOF, SIGN_IN, Submitted, is_ours, is_secret, share};
use summary::Summary;
pub(crate) use typed::typed;

use crate::{Error, load::Changes};

/// A check of what was typed.
pub type Check<S> = fn(&S) -> Result<(), Error>;

/// A form around a server function. Its fields are named like the function's arguments.
#[component]
pub fn Form<S, O>(
    /// The server function.
    action: ServerAction<S>,
    /// The form's id, unlike any other on the page.
    #[prop(into)]
    id: String,
    /// Always posts the whole page, for acts after which every part of the page differs: signing in and out.
    #[prop(optional)]
    whole_page: bool,
    /// Refuses what was typed before it is sent. Without script the server has to refuse it.
    #[prop(optional)]
    check: Option<Check<S>>,
    /// Classes, `stack` unless told.
    #[prop(default = "stack")]
    class: &'static str,
    /// The fields.
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Error = Error, Protocol = Http<PostUrl, O>> + DeserializeOwned + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
    S::Client: Client<Error>,
{
    let sent = submitted::sent_with(&id);
    let before = StoredValue::new(sent.as_ref().map(|it| it.error.clone()));
    // An answer may come when the form is gone already, as after an act in a dialog: hence `try_` here and below.
    let value = action.value();
    let error = Signal::derive(move || {
        let error = value.try_with(|value| match value {
            Some(Ok(_)) => None,
            Some(Err(error)) => Some(error.clone()),
            None => before.try_get_value().flatten(),
        });
        error.flatten()
    });
    let pending = Signal::from(action.pending());
    let state = FormState::new(id.clone(), sent, error, pending);
    let name = id.clone();

    let form = NodeRef::<html::Form>::new();
    after_success(action, form);
    let submit = move |event: ev::SubmitEvent| {
        // Whoever signs in, or proves who they are, on the way to the act posts the whole page: the server does both.
        let asked = error.try_get_untracked().flatten().is_some_and(|error| proof::asks_who(&error));
        if pending.try_get_untracked().unwrap_or_default() {
            event.prevent_default();
        } else if !whole_page
            && !asked
            && let Ok(input) = S::from_event(&event)
        {
            event.prevent_default();
            match check.map_or(Ok(()), |check| check(&input)) {
                Ok(()) => _ = action.dispatch(input),
                Err(error) => value.set(Some(Err(error))),
            }
        }
    };
    view! {
        <form method="post" id=id class=class novalidate node_ref=form on:submit=submit>
            <input type="hidden" name=ACTION value=S::url() />
            <input type="hidden" name=FORM value=name />
            <Summary state />
            <Provider value=state>{children()}</Provider>
        </form>
    }
}

/// After an act the page's data is fetched again and the form is empty.
fn after_success<S>(action: ServerAction<S>, form: NodeRef<html::Form>)
where
    S: ServerFn<Error = Error> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let (changes, value) = (use_context::<Changes>(), action.value());
    Effect::new(move |before: Option<()>| {
        let done = value.try_with(|value| matches!(value, Some(Ok(_)))).unwrap_or_default();
        // What was done before this form was drawn is not done again because it was drawn.
        if before.is_some() && done {
            if let Some(form) = form.try_get_untracked().flatten() {
                form.reset();
            }
            if let Some(changes) = changes {
                changes.note();
            }
        }
    });
}

/// Whether the page itself asks for the focus: only as the server draws it. In a page that is there already, browsers
/// note such a wish in the console and do nothing; there the script moves the focus.
pub(crate) const AUTOFOCUS: bool = cfg!(feature = "ssr");

/// Runs `act` once the page shows what has just changed.
pub(crate) fn after_drawing(act: impl FnOnce() + 'static) {
    request_animation_frame(act);
}
