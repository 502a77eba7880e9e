//! Identity providers: sign-in, regular checks, sign-out, and access tokens.

mod access;
mod check;
mod connect;
mod leave;
mod local;
mod provider;
mod sign_in;
pub(crate) mod visit;

pub(crate) use provider::Provider;
