//! The public API and the admin app through the real router. Each body runs on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod activation;
mod admin;
mod among;
mod bad_input;
mod cors;
mod decisions;
mod dry_run;
mod evil;
mod fixture;
mod full_disk;
mod hints;
mod jwks;
mod lease;
mod license;
mod limits;
mod manage;
mod offline;
mod oidc;
mod outage;
mod pages;
mod pasted;
mod placeholders;
mod races;
mod refusals;
mod relay;
mod repeats;
mod request_checks;
mod sessions;
mod slow_clocks;
mod status_list;
mod tickets;
mod token;
mod webhooks;
mod whoami;
mod wire;
