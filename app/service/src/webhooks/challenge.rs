//! The challenge: the message to which only the holder of the secret knows the answer.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use licensing::webhook::{CHALLENGE, DeliveryState};
use serde_json::{Value, json};
use store::{
    Tx,
    webhooks::{Delivery, Subscription},
};

use super::{
    Webhooks,
    envelope::{Content, write},
};
use crate::{Clock, Result, crypto::vault::random};

/// Returns the challenge in the body of a message; `None` if the message is no challenge.
pub(super) fn challenge_in(delivery: &Delivery) -> Option<String> {
    if delivery.event_type != CHALLENGE {
        return None;
    }
    let body: Value = serde_json::from_str(&delivery.body).ok()?;
    Some(body.get("data")?.get("challenge")?.as_str()?.to_owned())
}

impl Webhooks {
    /// Adds a challenge to the deliveries of a subscription. It is due at once.
    pub(super) async fn challenge(&self, tx: &mut Tx, row: &Subscription, now: DateTime<Utc>) -> Result<Delivery> {
        let (id, subject) = (Clock::id_at(now), row.id.to_string());
        let content = Content {
            id,
            name: CHALLENGE,
            entity: ("subscription", "subscriptions", &subject),
            version: 1,
            at: now,
            data: json!({ "challenge": URL_SAFE_NO_PAD.encode(random::<32>()?) }),
            is_test: false,
        };
        let delivery = pending(row, (id, CHALLENGE), write(&self.source, content), now);
        tx.insert_deliveries(std::slice::from_ref(&delivery)).await?;
        Ok(delivery)
    }
}

/// A new delivery that is due at once.
pub(super) fn pending(
    row: &Subscription,
    (message_id, event_type): (uuid::Uuid, &str),
    body: String,
    now: DateTime<Utc>,
) -> Delivery {
    Delivery {
        id: Clock::id_at(now),
        subscription_id: row.id,
        message_id,
        event_type: event_type.to_owned(),
        body,
        state: DeliveryState::Pending,
        attempts: 0,
        failed: 0,
        due_at: Some(now),
        claimed_until: None,
        created_at: now,
        finished_at: None,
    }
}
