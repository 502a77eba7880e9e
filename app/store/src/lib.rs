//! Data layer of Latchkey: all SQL, and nothing but SQL.
//!
//! One SQL text serves SQLite and PostgreSQL. Reads are methods of [`Connection`], which a [`Reading`] and a [`Tx`]
//! both provide; writes are methods of [`Tx`] alone, so nothing is written outside a transaction.

mod engine;
mod error;
mod insert;
mod open_error;
mod priority;
mod search;
mod stalest_seats;
mod window;

pub mod accounts;
pub mod activation_list;
pub mod activations;
pub mod api_calls;
pub mod api_tokens;
pub mod authorized;
pub mod blocks;
pub mod clock;
pub mod decisions;
pub mod desk;
pub mod device_list;
pub mod device_search;
pub mod events;
pub mod failed_sign_ins;
pub mod identities;
pub mod instances;
pub mod jobs;
pub mod kept_calls;
pub mod keys;
pub mod licenses;
pub mod logins;
mod newest;
pub mod offline;
pub mod overview;
pub mod page;
pub mod policies;
pub mod products;
pub mod provider;
pub mod revoked_seats;
pub mod saved_views;
mod seat_counts;
pub mod seat_releases;
pub mod settings;
pub mod setup;
mod size;
pub mod status;
pub mod tallies;
pub mod tickets;
pub mod upstream_sessions;
pub mod webhooks;

pub use engine::{Connection, Engine, Found, Guarded, Reading, Store, Tx, look};
pub use error::{Error, Unique};
pub use open_error::OpenError;
pub use page::{Cursor, Page, Paging};
pub use priority::lower_priority;
pub use seat_counts::{SeatCounts, SeatsAt};

/// Result of a query.
pub type Result<T, E = Error> = std::result::Result<T, E>;
