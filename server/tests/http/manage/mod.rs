//! The management API.

pub(crate) mod api;
mod catalog;
mod choices;
mod devices;
mod examples;
mod exports;
mod filters;
mod foreign;
mod jobs;
mod keys;
mod licenses;
mod limits;
mod patches;
mod provision;
mod records;
mod repeats;
mod scopes;
