//! Contract tests of the store. Each body runs on both engines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod accounts;
mod activations;
mod api_tokens;
mod authorized;
mod blocks;
mod calls;
mod clock;
mod decisions;
mod desk;
mod engine;
mod events;
mod failed_sign_ins;
mod faults;
mod given;
mod identities;
mod instances;
mod keys;
mod license_list;
mod licenses;
mod locks;
mod logins;
mod notices;
mod offline;
mod overview;
mod policies;
mod products;
mod provider;
mod revoked_seats;
mod saved_views;
mod search;
mod setup;
mod size;
mod status;
mod times;
mod unavailable;
mod webhooks;
