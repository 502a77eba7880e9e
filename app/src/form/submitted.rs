//! Forms that were posted and refused.

use leptos::prelude::*;

use crate::Error;

/// A form's values, and the reason why it was refused. The server draws the page again with this in the request's
/// extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// The form's id.
    pub form: String,
    /// The path of the form's server function.
    pub action: String,
    /// Each field as typed, except those that [`is_secret`] excludes.
    pub values: Vec<(String, String)>,
    /// The reason why it was refused.
    pub error: Error,
    /// `true` if the page no longer has this form. The message is then shown above the page.
    pub is_gone: bool,
}

/// The hidden field with the server function's path.
pub const ACTION: &str = "_action";
/// The hidden field with the form's id.
pub const FORM: &str = "_form";

/// The password field for a fresh proof.
pub const PROOF: &str = "_proof_password";
/// The fields for signing in within a form, for a person who was signed out.
pub const SIGN_IN: (&str, &str) = ("_sign_in_email", "_sign_in_password");

/// Returns `true` if a field of this name belongs to the form machinery and is no argument of a server function.
pub fn is_ours(name: &str) -> bool {
    name.starts_with('_')
}

/// Returns `true` if a field of this name is never sent back: passwords.
pub fn is_secret(name: &str) -> bool {
    name.contains("password")
}

/// The refused form of this page, whichever form that is.
pub(crate) fn refused_form() -> Option<Submitted> {
    use_context::<http::request::Parts>()?.extensions.get().cloned()
}

/// The refused submission of the form with this id.
pub(crate) fn sent_with(form: &str) -> Option<Submitted> {
    refused_form().filter(|it| it.form == form)
}
