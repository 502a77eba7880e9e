//! Kinds of objects that messages are about.

use strum::{EnumString, IntoStaticStr};

/// Kind of the object that a message is about. On the wire in lowercase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Entity {
    /// A license.
    License,
    /// A device's use of a license.
    Activation,
    /// A block of a device.
    Block,
    /// A product.
    Product,
    /// A policy.
    Policy,
    /// A signing key.
    Key,
    /// A subscription to webhooks.
    Subscription,
    /// An act on many licenses.
    Job,
}

impl Entity {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::License,
        Self::Activation,
        Self::Block,
        Self::Product,
        Self::Policy,
        Self::Key,
        Self::Subscription,
        Self::Job,
    ];

    /// First part of the subject of a message: `licenses` in `licenses/ID`.
    pub const fn collection(self) -> &'static str {
        match self {
            Self::License => "licenses",
            Self::Activation => "activations",
            Self::Block => "blocks",
            Self::Product => "products",
            Self::Policy => "policies",
            Self::Key => "keys",
            Self::Subscription => "subscriptions",
            Self::Job => "jobs",
        }
    }
}
