//! The machine whose clock counts.

use service::{Service, store::Engine};

/// Returns the machine whose clock counts: with PostgreSQL the database server, so that all instances use one clock.
pub(crate) fn clock_owner(service: &Service) -> &'static str {
    match service.store().engine() {
        Engine::Sqlite => "this machine",
        Engine::Postgres => "the database server",
    }
}
