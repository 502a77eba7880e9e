//! Identity providers: signing in at one, being looked at again, signing out, and its access tokens.

mod access;
mod check;
mod connect;
mod leave;
mod local;
mod provider;
mod sign_in;
pub(crate) mod visit;

pub(crate) use provider::Provider;
