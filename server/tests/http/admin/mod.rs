//! The admin app, as a browser without script sees it.

mod access;
mod accounts;
mod doors;
mod fields;
mod login;
mod pages;
pub(crate) mod person;
mod proof;
mod secrets;
