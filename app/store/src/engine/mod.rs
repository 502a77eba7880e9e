//! SQLite and PostgreSQL behind one interface.

mod address;
mod alarm;
mod backend;
mod checkpoints;
mod connection;
mod faults;
mod guarded;
mod health;
mod lanes;
mod last_writes;
mod pool;
mod postgres;
mod schema;
mod sqlite;
mod store;
mod transaction;
mod wanted;

pub use connection::Connection;
pub(crate) use connection::run;
pub(crate) use faults::{code, is_lost, sqlite_code};
pub use guarded::Guarded;
pub use schema::Found;
pub use store::{Engine, Reading, Store, look};
pub use transaction::Tx;
