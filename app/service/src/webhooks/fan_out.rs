//! Fan-out: a delivery for each subscription that wants an event.

use std::collections::HashMap;

use licensing::{
    EventKind,
    webhook::{DeliveryState, Entity, EventType, SubscriptionState},
};
use store::{
    Tx,
    events::Event,
    webhooks::{Delivery, RoutedLicense, Subscription},
};
use uuid::Uuid;

use super::{
    Webhooks, challenge,
    envelope::{self, has_attributes},
    subscriptions::patterns_of,
};
use crate::Result;

/// Maximum number of events in one transaction.
const PART: usize = 100;

impl Webhooks {
    /// Makes deliveries of up to 100 events of the outbox. Returns `false` if there are none.
    ///
    /// # Errors
    /// `Unavailable`; nothing is done then.
    pub async fn fan_out(&self) -> Result<bool> {
        if !self.store.read().await?.on().has_outbox().await? {
            return Ok(false);
        }
        let mut tx = self.store.begin().await?;
        let events = tx.take_outbox(PART).await?;
        if events.is_empty() {
            return Ok(false);
        }
        let subscriptions = tx.on().subscriptions().await?;
        let mut licenses: Vec<Uuid> = events.iter().filter_map(|event| event.license_id).collect();
        licenses.sort_unstable();
        licenses.dedup();
        let licenses = tx.on().routed_licenses(&licenses).await?;
        let licenses: HashMap<Uuid, RoutedLicense> = licenses.into_iter().map(|row| (row.id, row)).collect();
        let mut deliveries = vec![];
        for event in &events {
            let Some(of) = EventKind::from_name(&event.kind).and_then(EventType::of) else { continue };
            let license = event.license_id.and_then(|id| licenses.get(&id));
            let product = product_of(&mut tx, of, event, license).await?;
            let wanting = subscriptions.iter().filter(|row| wants(row, (of, event), product));
            let mut message = None;
            for row in wanting {
                let message = message.get_or_insert_with(|| envelope::of_event(&self.source, of, event, license));
                if has_attributes(message, &row.attributes) {
                    deliveries.push(self.delivery_of(row, (of, event), message.to_string()));
                }
            }
        }
        tx.insert_deliveries(&deliveries).await?;
        tx.commit().await?;
        if !deliveries.is_empty() {
            self.due.notify_one();
        }
        Ok(true)
    }

    fn delivery_of(&self, row: &Subscription, (of, event): (&EventType, &Event), body: String) -> Delivery {
        let delivery = challenge::pending(row, (event.id, of.name), body, self.clock.now());
        match row.state {
            SubscriptionState::Active => delivery,
            _ => Delivery { state: DeliveryState::Held, due_at: None, ..delivery },
        }
    }
}

/// Returns `true` if the subscription wants the event.
fn wants(row: &Subscription, (of, event): (&EventType, &Event), product: Option<Uuid>) -> bool {
    // A change of a subscription that fails is no news for that subscription.
    let is_itself = of.entity == Entity::Subscription && event.subject_id == Some(row.id);
    row.state.collects()
        && !is_itself
        && row.active_from.is_some_and(|from| from <= event.at)
        && patterns_of(row).iter().any(|pattern| pattern.chooses(of))
        && (row.kinds.is_empty() || row.kinds.iter().any(|kind| kind == of.entity.name()))
        && (row.products.is_empty() || product.is_some_and(|product| row.products.contains(&product)))
}

/// The product that an event belongs to; `None` if it belongs to no single one.
async fn product_of(
    tx: &mut Tx,
    of: &EventType,
    event: &Event,
    license: Option<&RoutedLicense>,
) -> store::Result<Option<Uuid>> {
    Ok(match (of.entity, event.subject_id) {
        (Entity::Product, id) => id,
        (Entity::Job, Some(id)) => tx.on().job(id).await?.and_then(|job| job.product_id),
        (Entity::Policy, Some(id)) => tx.on().policy(id).await?.map(|policy| policy.product_id),
        _ => license.map(|license| license.product_id),
    })
}
