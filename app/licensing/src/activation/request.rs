//! A device's request.

use serde::{Deserialize, Serialize};

use crate::{Email, Span, Version};

/// A device's request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Purpose.
    pub purpose: Purpose,
    /// E-mail address as the user typed it.
    pub email: Option<Email>,
    /// Person who is signed in.
    pub person: Option<Person>,
    /// Requested length of the lease.
    pub lease: Option<Span>,
    /// Version of the software that is to run.
    pub version: Option<Version>,
}

/// Purpose of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Activate with a code.
    #[default]
    Activate,
    /// Get a fresh token for a session. The session was verified when it began, so neither e-mail address nor sign-in is
    /// required again.
    Renew,
    /// Keep or retake the floating seat of a session. As with a renewal, neither e-mail address nor sign-in is required
    /// again.
    CheckIn,
}

/// Person who is signed in at the identity provider, as their access token states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Issuer of the token (`iss`).
    pub issuer: String,
    /// Subject of the token (`sub`).
    pub subject: String,
    /// E-mail address; `None` unless the provider has verified it.
    pub email: Option<Email>,
    /// Roles that the token states.
    pub roles: Vec<String>,
}
