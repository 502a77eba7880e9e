//! Webhooks: subscriptions, the outbox of events, deliveries with their attempts, and notices about licenses.

mod attempts;
mod claims;
mod deliveries;
mod notices;
mod outbox;
mod subscriptions;

pub use attempts::Attempt;
pub use deliveries::{Delivery, DeliveryFilter};
pub use notices::{EndingLicense, NoticeRow};
pub(crate) use outbox::OutboxRow;
pub use outbox::RoutedLicense;
pub use subscriptions::Subscription;
