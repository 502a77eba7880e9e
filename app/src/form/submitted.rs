//! A form that came by an ordinary post and was refused.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Error;

/// What a form sent, and why it was refused. Where there is no script, the server draws the page again with this among
/// the request's extensions; the page carries it to the browser, should the script arrive later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// The id of the form.
    pub form: String,
    /// The path of its server function.
    pub action: String,
    /// Each field as it was typed, but for those that [`is_secret`] names.
    pub values: Vec<(String, String)>,
    /// Why it was refused.
    pub error: Error,
}

/// The hidden field that names the server function, by its path.
pub const ACTION: &str = "_action";
/// The hidden field that names the form on its page.
pub const FORM: &str = "_form";

/// The field of a form with which whoever is signed in proves once more who they are.
pub const PROOF: &str = "_proof_password";
/// The fields of a form with which somebody who was signed out signs in on the way.
pub const SIGN_IN: (&str, &str) = ("_sign_in_email", "_sign_in_password");

/// Whether a field of this name is the machinery's, and no argument of a server function.
pub fn is_ours(name: &str) -> bool {
    name.starts_with('_')
}

/// Whether a field of this name is never sent back: passwords.
pub fn is_secret(name: &str) -> bool {
    name.contains("password")
}

/// The refused form of this page, until a form of the page takes it.
#[derive(Clone, Copy)]
struct Waiting(StoredValue<Option<Submitted>>);

/// Carries the refused form, if there is one, over to the browser. The app calls it once, before its first form.
pub fn share() {
    let submitted = SharedValue::new(refused).into_inner();
    provide_context(Waiting(StoredValue::new(submitted)));
}

fn refused() -> Option<Submitted> {
    #[cfg(feature = "ssr")]
    return use_context::<http::request::Parts>()?.extensions.get().cloned();
    #[cfg(not(feature = "ssr"))]
    None
}

/// The refused form of this page, whichever it is.
pub(crate) fn refused_form() -> Option<Submitted> {
    let Waiting(waiting) = use_context()?;
    waiting.get_value()
}

/// What was sent with the form of that id, once; when the form leaves the page, what was sent is forgotten.
pub(crate) fn sent_with(form: &str) -> Option<Submitted> {
    let Waiting(waiting) = use_context()?;
    let submitted = waiting.with_value(|it| it.clone().filter(|it| it.form == form))?;
    // Not on the server: while it draws a page, it may make a form more than once.
    #[cfg(not(feature = "ssr"))]
    on_cleanup(move || {
        waiting.try_update_value(|it| it.take());
    });
    Some(submitted)
}
