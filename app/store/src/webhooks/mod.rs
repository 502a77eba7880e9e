//! Webhooks: subscriptions, the outbox of events, and deliveries with their attempts.

mod attempts;
mod claims;
mod deliveries;
mod outbox;
mod subscriptions;

pub use attempts::Attempt;
pub use deliveries::{Delivery, DeliveryFilter};
pub use outbox::RoutedLicense;
pub use subscriptions::Subscription;
