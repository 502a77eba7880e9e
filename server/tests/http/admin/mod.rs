//! The admin app, as a browser without script sees it.

mod access;
mod login;
mod pages;
mod person;
