//! HTTP around the routes: connections, and what every request and response passes through.

pub(crate) mod accept;
pub(crate) mod bounds;
pub mod connections;
pub(crate) mod download;
pub(crate) mod edge;
pub(crate) mod error_pages;
pub(crate) mod headers;
pub(crate) mod nul;
pub mod origin;
pub(crate) mod timing;
