//! Contract tests of the acts. Each body runs on both engines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod accounts;
mod authorize;
mod blocks;
mod bulk;
mod codes;
mod counts;
mod database_time;
mod decisions;
mod desk;
mod devices;
mod first_start;
mod growth;
mod hidden;
mod idle;
mod inconsistent;
mod instances;
mod jobs;
mod keys;
mod license_lists;
mod licenses;
mod locks;
mod offline;
mod overview;
mod products;
mod repeats;
mod roles;
mod seats;
mod secrets;
mod sign_in;
mod status;
mod terms;
mod test_service;
mod time;
mod tokens;
mod transfers;
mod undo;
mod vendor;
