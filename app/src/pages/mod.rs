//! The pages, one per file.

pub mod audit;
mod audit_folds;
mod audit_sentences;
pub mod decisions;
pub mod devices;
pub mod find;
mod first_call;
pub mod first_start;
mod first_steps;
pub mod home;
pub mod jobs;
pub mod licenses;
pub mod link;
pub mod offline;
pub mod policies;
pub mod products;
pub mod routes;
pub mod settings;
pub mod sign_in;
mod well;
