//! Verification of addresses.

use std::time::Duration;

use licensing::{
    EventKind,
    webhook::{DeliveryState, SubscriptionState},
};
use store::webhooks::{Delivery, Subscription};
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    Webhooks,
    subscriptions::{subject, verified},
};
use crate::{Actor, Error, Result, audit::Record, reason::read_reason, retry::retried};

/// Time for which a caller waits for an attempt, within the time limit of a request.
const PATIENCE: Duration = Duration::from_secs(8);
/// Interval at which results of other instances are looked for.
const LOOKS_EVERY: Duration = Duration::from_millis(500);

impl Webhooks {
    /// Sends the challenge to the address of a subscription again. Returns the delivery, for [`attempted`].
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if nothing is to be verified.
    ///
    /// [`attempted`]: Self::attempted
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn verify_subscription(&self, id: Uuid, actor: &Actor) -> Result<Uuid> {
        let delivery = retried(|| async {
            let mut tx = self.store.begin().await?;
            let row = pending(tx.lock_subscription(id).await?)?;
            let now = self.clock.now();
            // Older challenges are no longer sent.
            tx.hold_deliveries(id).await?;
            tx.update_subscription(&Subscription { paused_until: None, ..row.clone() }).await?;
            let delivery = self.challenge(&mut tx, &row, now).await?;
            Record::new(actor, EventKind::WebhookVerificationRequested, subject(&row)).write(&mut tx, now).await?;
            tx.commit().await?;
            Ok(delivery.id)
        })
        .await?;
        self.due.notify_one();
        Ok(delivery)
    }

    /// Accepts the address of a subscription without an answer from it.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with the field `reason`; `Conflict` if nothing is to be verified.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn vouch_for_subscription(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<Subscription> {
        let reason = read_reason(reason)?;
        let row = retried(|| async {
            let mut tx = self.store.begin().await?;
            let row = pending(tx.lock_subscription(id).await?)?;
            let now = self.clock.now();
            tx.hold_deliveries(id).await?;
            let row = verified(row, now);
            tx.update_subscription(&row).await?;
            Record::new(actor, EventKind::WebhookVouched, subject(&row))
                .because(Some(reason.clone()))
                .write(&mut tx, now)
                .await?;
            tx.commit().await?;
            Ok(row)
        })
        .await?;
        self.changed().await;
        Ok(row)
    }

    /// Waits for the next attempt at a delivery that was just made due, and returns the delivery as it is then. It may be
    /// without an attempt, if none was made in time.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn attempted(&self, id: Uuid) -> Result<Delivery> {
        let waited = timeout(PATIENCE, async {
            loop {
                let recorded = self.recorded.notified();
                tokio::pin!(recorded);
                recorded.as_mut().enable();
                let delivery = self.delivery(id).await?;
                if delivery.state != DeliveryState::Pending || delivery.failed > 0 {
                    return Ok(delivery);
                }
                // An attempt of another instance is not notified here.
                drop(timeout(LOOKS_EVERY, recorded).await);
            }
        });
        match waited.await {
            Ok(delivery) => delivery,
            Err(_) => self.delivery(id).await,
        }
    }

    async fn delivery(&self, id: Uuid) -> Result<Delivery> {
        self.store.for_api().read().await?.on().delivery(id).await?.ok_or(Error::NotFound("delivery"))
    }
}

/// Returns the subscription if its address is to be verified.
fn pending(row: Option<Subscription>) -> Result<Subscription> {
    let row = row.ok_or(Error::NotFound("subscription"))?;
    if row.state != SubscriptionState::PendingVerification {
        return Err(Error::Conflict("The address of this subscription needs no verification.".to_owned()));
    }
    Ok(row)
}
