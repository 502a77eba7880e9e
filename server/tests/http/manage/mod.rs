//! The management API.

mod api;
mod catalog;
mod devices;
mod licenses;
mod limits;
mod patches;
mod records;
mod repeats;
mod scopes;
