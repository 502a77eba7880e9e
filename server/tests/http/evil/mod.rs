//! A malicious provider and malicious users. Each attempt must end without a login and without an account, with a clear
//! page and with an event. At stake is always an owner's account.

mod activation_door;
mod answers;
mod control_characters;
mod documents;
mod good;
mod keys;
mod later;
mod logout;
mod people;
mod provider;
mod roles;
mod secrets;
mod setup;
mod signatures;
mod slow;
mod start;
mod tokens;
mod vendors;
mod weak;
