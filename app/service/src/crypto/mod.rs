//! Encryption, keyed hashes and passwords.

pub(crate) mod password;
pub(crate) mod vault;
