//! The management API.

mod api;
mod catalog;
mod devices;
mod foreign;
mod exports;
mod filters;
mod jobs;
mod licenses;
mod limits;
mod patches;
mod records;
mod repeats;
mod scopes;
