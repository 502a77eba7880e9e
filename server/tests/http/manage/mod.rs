//! The management API.

pub(crate) mod api;
mod catalog;
mod devices;
mod exports;
mod filters;
mod foreign;
mod jobs;
mod licenses;
mod limits;
mod patches;
mod records;
mod repeats;
mod scopes;
