//! The two activation calls.

mod activate;
mod answer;
mod dry_run;
pub(super) mod jwt;
pub(super) mod license;
mod request;

pub(super) use activate::counting;
pub(super) use answer::{DECISION, granted, not_stored};
pub(super) use license::{License, answer};
pub(super) use request::read_request;
