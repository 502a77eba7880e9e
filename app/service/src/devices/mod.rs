//! Devices of a license: release and undo, blocks, registration, tickets.

pub(crate) mod authorize;
pub(crate) mod blocks;
pub(crate) mod budget;
pub(crate) mod names;
pub(crate) mod release;
pub(crate) mod settings;
pub(crate) mod tickets;
pub(crate) mod transfers;
pub(crate) mod undo;
