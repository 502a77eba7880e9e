//! The two activation calls.

mod activate;
mod answer;
mod dry_run;
mod jwt;
mod license;
mod request;

pub(super) use activate::counting;
pub(super) use answer::{DECISION, granted, not_stored};
pub(super) use jwt::jwt;
pub(super) use license::{answer, license};
pub(super) use request::read_request;
