//! Webhooks: the types of messages, the patterns that choose them, notices about ends, when a delivery is tried again, and
//! the states.

mod attempt;
mod catalog;
mod entity;
mod notice;
mod pattern;
mod schedule;
mod state;

pub use attempt::{Answer, Effect, Next, Verdict, judge};
pub use catalog::{ATTRIBUTES, CATALOG, CHALLENGE, EventType, UNPUBLISHED};
pub use entity::Entity;
pub use notice::{EXPIRING_DAYS, Notice, days_left, notice_between};
pub use pattern::{MOST_PATTERNS, Pattern, PatternError, patterns};
pub use schedule::{CHALLENGES, retry_at};
pub use state::{DeliveryState, SubscriptionState};
