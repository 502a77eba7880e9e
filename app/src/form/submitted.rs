//! A form that came by an ordinary post and was refused.

use leptos::prelude::*;

use crate::Error;

/// What a form sent, and why it was refused. The server draws the page again with this among the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// The id of the form.
    pub form: String,
    /// The path of its server function.
    pub action: String,
    /// Each field as it was typed, but for those that [`is_secret`] names.
    pub values: Vec<(String, String)>,
    /// Why it was refused.
    pub error: Error,
    /// `true` if the page no longer has this form. The message is then shown above the page.
    pub is_gone: bool,
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

/// The refused form of this page, whichever it is.
pub(crate) fn refused_form() -> Option<Submitted> {
    use_context::<http::request::Parts>()?.extensions.get().cloned()
}

/// What was sent with the form of that id.
pub(crate) fn sent_with(form: &str) -> Option<Submitted> {
    refused_form().filter(|it| it.form == form)
}
