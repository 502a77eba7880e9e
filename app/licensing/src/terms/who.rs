//! Who may activate, and on what.

use serde::{Deserialize, Serialize};

/// What the activating person must say about their e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmailTerm {
    /// Nothing.
    NotAsked,
    /// Some address.
    Required,
    /// The license's own address.
    MustMatch,
}

/// Who must be signed in, at the identity provider, to activate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    /// Nobody.
    #[default]
    NotAsked,
    /// Anyone.
    Required,
    /// The person whose verified e-mail address is the license's.
    VerifiedEmail,
    /// Anyone with a verified e-mail address at this domain, in lower case and without its subdomains.
    Domain(String),
    /// Anyone who has this role, a line of 1 to 80 characters, compared exactly.
    Role(String),
}

/// Which devices may activate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Devices {
    /// All that are not blocked.
    #[default]
    Any,
    /// Those whose fingerprint was entered beforehand.
    Authorized,
}

/// Within what a fingerprint may hold only one seat.
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

/// What a device gets that activates again while it holds a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reactivation {
    /// The same seat and a fresh token.
    SameSeat,
    /// A refusal, `already_activated`.
    Refuse,
}
