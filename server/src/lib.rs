//! The Latchkey process.

mod api;
pub mod config;
pub mod context;
pub mod forms;
pub mod origin;
pub mod router;
pub mod site;
mod state;

pub use config::Config;
pub use router::router;
pub use state::AppState;
