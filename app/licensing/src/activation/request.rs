//! What a device asks.

use serde::{Deserialize, Serialize};

use crate::{Email, Span, Version};

/// What the device asks.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What for.
    pub purpose: Purpose,
    /// The person's e-mail address, as they typed it.
    pub email: Option<Email>,
    /// The person who is signed in.
    pub person: Option<Person>,
    /// The wished length of the lease.
    pub lease: Option<Span>,
    /// The version of the software that is to run.
    pub version: Option<Version>,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To come in with a code.
    #[default]
    Activate,
    /// A fresh token for a session. Whoever has the session has proved who they are: they are not asked again.
    Renew,
    /// To keep, or to take again, the floating seat of a session. They are not asked again here either.
    CheckIn,
}

/// A person who is signed in at the identity provider, as their access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The provider, `iss`.
    pub issuer: String,
    /// Who they are there, `sub`.
    pub subject: String,
    /// Their e-mail address, if the provider has verified it.
    pub email: Option<Email>,
    /// The roles they have.
    pub roles: Vec<String>,
}
