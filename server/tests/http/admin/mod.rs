//! The admin app, as a browser without script uses it.

mod access;
mod access_table;
mod accounts;
mod audit;
mod commands;
mod devices;
mod editing;
mod few_connections;
mod fields;
mod find;
mod home;
mod limits;
mod login;
mod many_licenses;
mod markup;
mod nul;
mod pages;
pub(crate) mod person;
mod proof;
mod searches;
mod seats;
pub(crate) mod secrets;
mod solutions;
mod states;
mod toasts;
mod wide_acts;
