//! The Latchkey server process.

pub mod access;
mod api;
mod asking;
mod browser;
pub mod cli;
mod clock_owner;
pub mod config;
mod context;
mod cookies;
mod core_dumps;
pub mod data;
pub mod forms;
mod guard;
pub mod http;
pub mod logging;
mod logins;
mod mask_emails;
mod oidc;
mod page_threads;
mod rate_limit;
mod router;
pub mod site;
mod state;
mod visitor;

pub use cli::{Cli, CommandError};
pub use config::Config;
pub use router::router;
pub use state::AppState;
