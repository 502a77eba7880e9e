//! Forms that work with and without script.
//!
//! A form is posted to its own page, with the server function's path in a hidden field. The server runs that function;
//! if it is refused, the same page comes back, filled in, with each message at its field. A script posts the same
//! fields to the same page, and shows the page that comes back.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod proof;
mod stale;
mod state;
mod submit;
mod submitted;
mod summary;

use leptos::{context::Provider, prelude::*, server_fn::ServerFn};

pub(crate) use proof::SignInAndGoOn;
pub use stale::Revision;
pub(crate) use stale::read_revision;
pub use state::FormState;
pub use submit::Submit;
pub(crate) use submitted::refused_form;
pub use submitted::{ACTION, FORM, PROOF, SIGN_IN, Submitted, is_ours, is_secret};
use summary::Summary;

/// The path of a server function, for the form that calls it.
pub const fn act<S: ServerFn>() -> &'static str {
    S::PATH
}

/// A form that calls a server function. Its fields are named like the function's arguments.
#[component]
pub fn Form(
    /// The server function's path, as [`act`] gives it.
    action: &'static str,
    /// The form's id, unique on the page.
    #[prop(into)]
    id: String,
    /// Always reloads the whole page. For acts that change every part of it: signing in and out.
    #[prop(optional)]
    whole_page: bool,
    /// The reason why a form that holds a token is not sent. Without script the server has to refuse it.
    #[prop(optional)]
    no_tokens: Option<&'static str>,
    /// `true` if a script reads a license token in the field `q`, and sends only the id of its session.
    #[prop(optional)]
    reads_tokens: bool,
    /// CSS classes; `stack` by default.
    #[prop(default = "stack")]
    class: &'static str,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let state = FormState::new(id.clone(), submitted::sent_with(&id));
    let name = id.clone();
    view! {
        <form
            method="post"
            id=id
            class=class
            novalidate
            data-whole-page=whole_page.then_some("")
            data-no-tokens=no_tokens
            data-reads-tokens=reads_tokens.then_some("")
        >
            <input type="hidden" name=ACTION value=action />
            <input type="hidden" name=FORM value=name />
            <Summary state />
            <Provider value=state>{children()}</Provider>
        </form>
    }
}
