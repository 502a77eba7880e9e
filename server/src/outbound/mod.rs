//! Calls to other servers, built on hyper: `reqwest` can neither be limited to some hosts nor connect to an address that was
//! checked before.
//!
//! Identity providers are called at the hosts of the settings (`hosts`), receivers of webhooks at any address of the public
//! internet (`public`).

mod exchange;
mod hosts;
mod public;
mod trust;

pub(crate) use exchange::{CallError, plain};
pub(crate) use hosts::Outbound;
pub(crate) use public::{PublicClient, SendError};
