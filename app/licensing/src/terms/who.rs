//! Users and devices that may activate.

use serde::{Deserialize, Serialize};

/// E-mail check on activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmailTerm {
    /// None.
    NotAsked,
    /// Any address is required.
    Required,
    /// The license's own address is required.
    MustMatch,
}

/// Sign-in at the identity provider that is required to activate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    /// None.
    #[default]
    NotAsked,
    /// Any person.
    Required,
    /// A person whose verified e-mail address is the license's.
    VerifiedEmail,
    /// A person with a verified e-mail address at this domain, in lower case and without its subdomains.
    Domain(String),
    /// A person with this role, a line of 1 to 80 characters, compared exactly.
    Role(String),
}

/// Devices that may activate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Devices {
    /// All that are not blocked.
    #[default]
    Any,
    /// Only those whose fingerprint was pre-registered.
    Authorized,
}

/// Scope in which a fingerprint may hold only one seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// The license: the same device may run under a second code.
    #[default]
    License,
    /// All licenses of the policy.
    Policy,
    /// All licenses of the product.
    Product,
}

/// Effect of another activation by a device that holds a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reactivation {
    /// It gets the same seat and a fresh token.
    SameSeat,
    /// It is refused with `already_activated`.
    Refuse,
}
