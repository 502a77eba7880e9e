//! Who may go on: what each server function asks first.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};
use service::{Actor, Origin, Service};
use uuid::Uuid;

use super::TABLE;
use crate::{
    Error,
    components::reason,
    context::{Browser, visitor},
};

/// Lets whoever is signed in go on, if [`TABLE`] lets their role call the server function `F`.
///
/// # Errors
/// [`Error::SignInNeeded`] for the anonymous; [`Error::Forbidden`] where the role is not enough, and for every server
/// function that the table does not name.
pub fn guard<F: ServerFn>() -> Result<Actor, Error> {
    let account = visitor().account.ok_or(Error::SignInNeeded)?;
    let row = TABLE.iter().find(|(path, _)| *path == F::PATH);
    let may = match row {
        Some((_, None)) => Ok(()),
        Some((_, Some(permission))) if account.role.may(*permission) => Ok(()),
        Some((_, Some(permission))) => Err(reason(*permission)),
        None => Err("Nobody may do this."),
    };
    may.map_err(|why| Error::Forbidden(why.to_owned()))?;
    Ok(Actor::account(account.id, account.name, origin()))
}

/// Where the request came from, for the audit log.
pub fn origin() -> Origin {
    let visitor = visitor();
    Origin { address: visitor.address, request_id: Some(visitor.request_id).filter(|id| !id.is_empty()) }
}

/// The acts, and the data layer behind them.
///
/// # Errors
/// [`Error::Internal`] where the server provided none.
pub fn service() -> Result<Service, Error> {
    use_context().ok_or_else(Error::internal)
}

/// The browser that asks.
///
/// # Errors
/// [`Error::Internal`] where the server provided none.
pub fn browser() -> Result<Arc<dyn Browser>, Error> {
    use_context().ok_or_else(Error::internal)
}

/// The id that an address or a form names.
///
/// # Errors
/// [`Error::NotFound`] where it is none.
pub fn read_id(text: &str) -> Result<Uuid, Error> {
    text.parse().map_err(|_| Error::NotFound)
}
