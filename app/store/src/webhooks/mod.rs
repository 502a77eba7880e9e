//! Webhooks: subscriptions, the outbox of events, deliveries with their attempts, and notices about licenses.

mod attempts;
mod claims;
mod deliveries;
mod notices;
mod outbox;
mod outbox_row;
mod subscriptions;

pub use attempts::Attempt;
pub use deliveries::{Delivery, DeliveryFilter};
pub use notices::{EndingLicense, NoticeRow};
pub use outbox::RoutedLicense;
pub(crate) use outbox_row::OutboxRow;
pub use subscriptions::Subscription;
