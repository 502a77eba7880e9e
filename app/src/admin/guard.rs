//! Who may go on: what each server function asks first.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};

use super::TABLE;
use crate::{
    Error,
    components::reason,
    context::{Browser, SignedIn, visitor},
};

/// Lets whoever is signed in go on, if [`TABLE`] lets their role call the server function `F`.
///
/// # Errors
/// [`Error::SignInNeeded`] for the anonymous; [`Error::Forbidden`] where the role is not enough, and for every server
/// function that the table does not name.
pub fn guard<F: ServerFn>() -> Result<SignedIn, Error> {
    let account = visitor().account.ok_or(Error::SignInNeeded)?;
    let row = TABLE.iter().find(|(path, _)| *path == F::PATH);
    match row {
        Some((_, None)) => Ok(account),
        Some((_, Some(permission))) if account.role.may(*permission) => Ok(account),
        Some((_, Some(permission))) => Err(Error::Forbidden(reason(*permission).to_owned())),
        None => Err(Error::Forbidden("Nobody may do this.".to_owned())),
    }
}

/// The browser that asks.
///
/// # Errors
/// [`Error::Internal`] where the server provided none.
pub fn browser() -> Result<Arc<dyn Browser>, Error> {
    use_context().ok_or_else(Error::internal)
}
