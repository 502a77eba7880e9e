//! States of subscriptions and deliveries.

use strum::{EnumString, IntoStaticStr, VariantNames};

/// State of a subscription, spelled as in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
pub enum SubscriptionState {
    /// Its address has not shown yet that it wants messages. It receives only the challenge.
    PendingVerification,
    /// It receives messages.
    Active,
    /// Turned off, by a person or by the answer 410. Its messages are held.
    Disabled,
    /// Stopped by the server, because every delivery failed for days. Its messages are held.
    Suspended,
}

impl SubscriptionState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::PendingVerification, Self::Active, Self::Disabled, Self::Suspended];

    /// Returns `true` if something may be sent to it: messages, or the challenge.
    pub const fn sends(self) -> bool {
        matches!(self, Self::Active | Self::PendingVerification)
    }

    /// Returns `true` if messages are created for it, whether they are sent or held.
    pub const fn collects(self) -> bool {
        !matches!(self, Self::PendingVerification)
    }
}

/// State of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum DeliveryState {
    /// Waits for its first or next attempt.
    Pending,
    /// Accepted by the receiver.
    Delivered,
    /// Failed at every attempt.
    Dead,
    /// Not sent, because the address leads to a network that is not allowed.
    Blocked,
    /// Kept because the subscription was disabled or suspended.
    Held,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Delivered, Self::Dead, Self::Blocked, Self::Held];
}
