//! Activating devices, and the calls of an activation.

pub(crate) mod activate;
pub(crate) mod call_fault;
mod calls;
pub(crate) mod decisions;
pub(crate) mod desk;
pub(crate) mod dry_run;
pub(crate) mod idempotency;
pub(crate) mod session;
