//! Sending messages again, and test messages.

use licensing::{
    EventKind, Invalid,
    webhook::{EventType, SubscriptionState},
};
use serde_json::json;
use store::webhooks::{DeliveryFilter, Subscription};
use uuid::Uuid;

use super::{Webhooks, challenge::pending, envelope::of_example, subscriptions::subject};
use crate::{Actor, Clock, Error, Result, audit::Record, retry::retried};

/// Maximum number of deliveries that are replayed at once.
pub const MOST_REPLAYED: i64 = 10_000;
/// Number of deliveries per statement.
const PIECE: usize = 500;

/// Deliveries to replay.
#[derive(Clone, Debug)]
pub enum Replay<'a> {
    /// These.
    These(Vec<Uuid>),
    /// Those that match, oldest first.
    Matching(DeliveryFilter<'a>),
}

impl Webhooks {
    /// Makes deliveries of a subscription due again. Returns their number, at most 10,000.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the subscription is not active.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn replay_deliveries(&self, id: Uuid, replay: &Replay<'_>, actor: &Actor) -> Result<u64> {
        let count = retried(|| async {
            let mut tx = self.store.begin().await?;
            let row = active(tx.lock_subscription(id).await?)?;
            let now = self.clock.now();
            let ids = match replay {
                Replay::These(ids) => ids.clone(),
                Replay::Matching(filter) => tx.on().delivery_ids(id, *filter, MOST_REPLAYED).await?,
            };
            let mut count = 0;
            for piece in ids.chunks(PIECE) {
                count += tx.replay_deliveries(id, piece, now).await?;
            }
            Record::new(actor, EventKind::WebhookReplayed, subject(&row))
                .made(&json!({ "deliveries": count }))
                .write(&mut tx, now)
                .await?;
            tx.commit().await?;
            Ok(count)
        })
        .await?;
        self.due.notify_one();
        Ok(count)
    }

    /// Sends a test message of this type. Returns the delivery, for [`attempted`](Self::attempted).
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with the field `type`; `Conflict` if the subscription is not active.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn test_fire(&self, id: Uuid, event_type: &str, actor: &Actor) -> Result<Uuid> {
        let unknown = || Invalid::one("type", "is not a type of message: send one from the list");
        let of = EventType::named(event_type).ok_or_else(unknown)?;
        let delivery = retried(|| async {
            let mut tx = self.store.begin().await?;
            let row = active(tx.lock_subscription(id).await?)?;
            let now = self.clock.now();
            let message = Clock::id_at(now);
            let body = of_example(&self.source, of, message, now);
            let delivery = pending(&row, (message, of.name), body, now);
            tx.insert_deliveries(std::slice::from_ref(&delivery)).await?;
            tx.update_subscription(&Subscription { paused_until: None, ..row.clone() }).await?;
            Record::new(actor, EventKind::WebhookTested, subject(&row))
                .made(&json!({ "type": of.name }))
                .write(&mut tx, now)
                .await?;
            tx.commit().await?;
            Ok(delivery.id)
        })
        .await?;
        self.due.notify_one();
        Ok(delivery)
    }
}

/// Returns the subscription if it is active.
fn active(row: Option<Subscription>) -> Result<Subscription> {
    let row = row.ok_or(Error::NotFound("subscription"))?;
    match row.state {
        SubscriptionState::Active => Ok(row),
        SubscriptionState::PendingVerification => {
            Err(Error::Conflict("The address of this subscription is not verified yet: verify it first.".to_owned()))
        }
        SubscriptionState::Disabled | SubscriptionState::Suspended => {
            Err(Error::Conflict("This subscription is disabled or suspended: enable it first.".to_owned()))
        }
    }
}
