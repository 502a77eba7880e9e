//! Databases for tests: a separate one for every test, on either engine.
//!
//! [`contract!`] turns one body into two tests, `…::sqlite` and `…::postgres`. PostgreSQL is the server in
//! `LATCHKEY_TEST_POSTGRES` (a superuser's URL), as provided by `scripts/with-postgres COMMAND…`. If that is not set, the
//! process starts a server itself, which takes two seconds and ends with the process. Without PostgreSQL, the test
//! fails with a message.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here fails a test")]

mod cluster;
mod database;
mod relay;

pub use cluster::Cluster;
pub use database::{Database, Place};
pub use relay::{Fault, Relay, faults};
pub use store::Engine;

/// Runs one test body on both engines, as `NAME::sqlite` and `NAME::postgres`: `contract!(a_fresh_database_answers,
/// async |db| db.ping().await.unwrap());`. The body takes a `&`[`Database`].
#[macro_export]
macro_rules! contract {
    ($name:ident, $body:expr) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            #[test]
            fn sqlite() {
                $crate::run($crate::Engine::Sqlite, $body);
            }

            #[test]
            fn postgres() {
                $crate::run($crate::Engine::Postgres, $body);
            }
        }
    };
}

/// Runs the test on a fresh database of this engine, on two threads, and deletes the database afterwards.
pub fn run(engine: Engine, test: impl AsyncFnOnce(&Database)) {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    threads.expect("threads for the test").block_on(async {
        let database = Database::new(engine).await;
        test(&database).await;
        database.discard().await;
    });
}
