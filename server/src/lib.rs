//! The Latchkey process.

pub mod accounts;
mod api;
mod bounds;
mod browser;
mod cli;
pub mod config;
mod context;
mod core_dumps;
pub mod data;
pub mod demo;
pub mod doors;
mod edge;
mod faults;
pub mod forms;
mod guard;
mod headers;
pub mod keys;
pub mod logging;
mod logins;
mod nul;
mod oidc;
pub mod origin;
mod rate_limit;
mod restore;
mod router;
pub mod serve;
pub mod site;
mod state;
mod table;
pub mod time;
mod veil;
mod visitor;

pub use cli::{Cli, CommandError};
pub use config::Config;
pub use router::router;
pub use state::AppState;
