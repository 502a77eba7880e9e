//! Webhooks: the types of messages, the patterns that choose them, when a delivery is tried again, and the states.

mod catalog;
mod entity;
mod judge;
mod pattern;
mod schedule;
mod state;

pub use catalog::{CATALOG, CHALLENGE, EventType, UNPUBLISHED};
pub use entity::Entity;
pub use judge::{Answer, Effect, Next, Verdict, judge};
pub use pattern::{MOST_PATTERNS, Pattern, PatternError, patterns};
pub use schedule::{CHALLENGES, retry_at};
pub use state::{DeliveryState, SubscriptionState};
