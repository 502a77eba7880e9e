//! The Latchkey server process.

pub mod access_table;
mod api;
pub mod cli;
mod clock_owner;
pub mod config;
mod core_dumps;
pub mod data;
pub mod http;
pub mod logging;
mod oidc;
mod outbound;
mod page_threads;
mod router;
pub mod routes;
mod sign_in_limits;
mod state;
pub mod web;
pub mod webhooks;

pub use cli::{Cli, CommandError};
pub use config::Config;
pub use router::router;
pub use state::AppState;
