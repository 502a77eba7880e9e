//! Creating, changing and deleting subscriptions, and replacing their secrets.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use licensing::{
    EventKind, Invalid, Span, SubjectKind,
    webhook::{CATALOG, Pattern, SubscriptionState},
};
use serde_json::{Value, json};
use store::{Tx, webhooks::Subscription};
use uuid::Uuid;

use super::{SubscriptionForm, WebhookSecret, Webhooks};
use crate::{
    Actor, Error, Result, Stale,
    audit::{Record, Subject},
    crypto::vault::Purpose,
    retry::retried,
};

/// Maximum number of subscriptions.
const MOST_SUBSCRIPTIONS: usize = 100;
/// Longest overlap after a rotation, in hours.
const LONGEST_OVERLAP: u32 = 7 * 24;
/// Time after its verification at which every instance knows that a subscription wants events. They read the
/// subscriptions every ten seconds.
pub(super) const KNOWN_AFTER: Span = Span::seconds(20);

impl Webhooks {
    /// Reads which events the subscriptions want, so that acts of this process publish them. Must be called every ten
    /// seconds.
    ///
    /// # Errors
    /// `Unavailable`; the events in memory then stay.
    pub async fn refresh_webhooks(&self) -> Result<()> {
        let rows = self.store.read().await?.on().subscriptions().await?;
        let collecting = rows.iter().filter(|row| row.state.collects() && row.active_from.is_some());
        let patterns: Vec<Pattern> = collecting.flat_map(patterns_of).collect();
        let wanted = CATALOG.iter().filter(|it| patterns.iter().any(|pattern| pattern.chooses(it)));
        self.store.set_wanted(wanted.map(|it| it.event.name()).collect::<HashSet<_>>());
        Ok(())
    }

    /// Creates a subscription, with this secret or a generated one, and sends the challenge to its address.
    ///
    /// # Errors
    /// `Invalid` with the fields of the form and `secret`; `Conflict` if there are too many.
    #[tracing::instrument(skip_all)]
    pub async fn create_subscription(
        &self,
        form: SubscriptionForm,
        secret: Option<&str>,
        actor: &Actor,
    ) -> Result<(Subscription, WebhookSecret)> {
        let secret = match secret {
            Some(text) => WebhookSecret::read(text).map_err(|why| Invalid::one("secret", why)),
            None => Ok(WebhookSecret::generate()?),
        };
        let sealed = |secret: &WebhookSecret| self.vault.seal(Purpose::Webhook, secret.bytes());
        let blank = |secret_sealed, now| Subscription {
            id: self.clock.id(),
            url: String::new(),
            description: None,
            event_types: vec![],
            products: vec![],
            kinds: vec![],
            attributes: BTreeMap::new(),
            state: SubscriptionState::PendingVerification,
            state_reason: None,
            secret_sealed,
            former_sealed: None,
            former_until: None,
            created_by: actor.name.clone(),
            created_at: now,
            updated_at: now,
            verified_at: None,
            active_from: None,
            last_success_at: None,
            failing_since: None,
            paused_until: None,
            revision: 1,
        };
        let read = form.read(self.settings().plain_http, blank(vec![], self.clock.now()));
        let (row, secret) = match (read, secret) {
            (Ok(row), Ok(secret)) => (row, secret),
            (row, secret) => {
                let mut wrong = row.err().unwrap_or_default();
                wrong.0.extend(secret.err().unwrap_or_default().0);
                return Err(wrong.into());
            }
        };
        let row = Subscription { secret_sealed: sealed(&secret)?, ..row };
        let row = retried(|| async {
            let mut tx = self.store.begin().await?;
            let now = self.clock.now();
            let row = Subscription { created_at: now, updated_at: now, ..row.clone() };
            if tx.on().subscriptions().await?.len() >= MOST_SUBSCRIPTIONS {
                return Err(Error::Conflict(format!(
                    "There are {MOST_SUBSCRIPTIONS} subscriptions: delete one first."
                )));
            }
            check_products(&mut tx, &row).await?;
            tx.insert_subscription(&row).await?;
            self.challenge(&mut tx, &row, now).await?;
            Record::new(actor, EventKind::WebhookCreated, subject(&row))
                .made(&described(&row))
                .write(&mut tx, now)
                .await?;
            tx.commit().await?;
            Ok(row)
        })
        .await?;
        self.due.notify_one();
        Ok((row, secret))
    }

    /// Changes a subscription by a form that `edit` makes of it as read under its lock. A new address is verified again.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with the fields of the form; `Stale` if another change came after revision `opened`; those of
    /// `edit`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn edit_subscription(
        &self,
        id: Uuid,
        opened: Option<i64>,
        actor: &Actor,
        edit: impl Fn(&Subscription) -> Result<SubscriptionForm> + Sync,
    ) -> Result<Subscription> {
        let new = retried(|| async {
            let mut tx = self.store.begin().await?;
            let old = tx.lock_subscription(id).await?.ok_or(Error::NotFound("subscription"))?;
            let now = self.clock.now();
            let form = edit(&old)?;
            let enabled = form.enabled;
            let new = form.read(self.settings().plain_http, old.clone())?;
            let new = Subscription { updated_at: now, revision: old.revision + 1, ..enable(new, enabled) };
            Stale::check(opened, old.revision, (&described(&old), &described(&new)))?;
            check_products(&mut tx, &new).await?;
            let new = if new.url == old.url { new } else { moved(new) };
            if !matches!(new.state, SubscriptionState::Active) && new.state != old.state {
                tx.hold_deliveries(id).await?;
            }
            tx.update_subscription(&new).await?;
            if new.url != old.url && new.state == SubscriptionState::PendingVerification {
                self.challenge(&mut tx, &new, now).await?;
            }
            Record::new(actor, EventKind::WebhookChanged, subject(&new))
                .changed(&described(&old), &described(&new))
                .write(&mut tx, now)
                .await?;
            tx.commit().await?;
            Ok(new)
        })
        .await?;
        self.changed().await;
        Ok(new)
    }

    /// Deletes a subscription. Nothing is sent to it any longer.
    ///
    /// # Errors
    /// `NotFound`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn delete_subscription(&self, id: Uuid, actor: &Actor) -> Result<()> {
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let row = tx.lock_subscription(id).await?.ok_or(Error::NotFound("subscription"))?;
            let now = self.clock.now();
            tx.delete_subscription(id).await?;
            Record::new(actor, EventKind::WebhookDeleted, subject(&row))
                .changed(&described(&row), &json!({}))
                .write(&mut tx, now)
                .await?;
            Ok(tx.commit().await?)
        })
        .await?;
        self.changed().await;
        Ok(())
    }

    /// Gives a subscription a new secret. The current one signs too for that many hours (0–168).
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with the field `overlap_hours`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn rotate_webhook_secret(&self, id: Uuid, overlap_hours: u32, actor: &Actor) -> Result<WebhookSecret> {
        if overlap_hours > LONGEST_OVERLAP {
            let message = format!("must be a whole number from 0 to {LONGEST_OVERLAP}");
            return Err(Invalid::one("overlap_hours", message).into());
        }
        let secret = WebhookSecret::generate()?;
        let sealed = self.vault.seal(Purpose::Webhook, secret.bytes())?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let old = tx.lock_subscription(id).await?.ok_or(Error::NotFound("subscription"))?;
            let now = self.clock.now();
            let until = Some(Span::hours(u64::from(overlap_hours)).after(now)).filter(|_| overlap_hours > 0);
            let new = Subscription {
                secret_sealed: sealed.clone(),
                former_sealed: until.map(|_| old.secret_sealed.clone()),
                former_until: until,
                updated_at: now,
                revision: old.revision + 1,
                ..old
            };
            tx.update_subscription(&new).await?;
            Record::new(actor, EventKind::WebhookSecretRotated, subject(&new))
                .made(&json!({ "former_until": until }))
                .write(&mut tx, now)
                .await?;
            Ok(tx.commit().await?)
        })
        .await?;
        Ok(secret)
    }

    /// Applies a change of subscriptions in this process. Other instances read it within ten seconds, and so does this
    /// one if the database fails now.
    pub(super) async fn changed(&self) {
        if let Err(error) = self.refresh_webhooks().await {
            tracing::warn!(%error, "the subscriptions to webhooks could not be read again");
        }
        self.due.notify_one();
    }
}

/// The patterns of a subscription. Types of another version are unknown here, and choose nothing.
pub(super) fn patterns_of(row: &Subscription) -> Vec<Pattern> {
    row.event_types.iter().filter_map(|text| Pattern::read(text).ok()).collect()
}

pub(super) fn subject(row: &Subscription) -> Subject {
    Subject::new(SubjectKind::Webhook, row.id, &row.url)
}

/// The members that the audit log shows.
fn described(row: &Subscription) -> Value {
    let attributes: Vec<_> = row.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
    json!({ "url": row.url, "description": row.description, "event_types": row.event_types.join(", "),
        "products": row.products, "kinds": row.kinds.join(", "), "attributes": attributes.join(", "), "state": row.state.name() })
}

async fn check_products(tx: &mut Tx, row: &Subscription) -> Result<()> {
    for product in &row.products {
        if tx.on().product(*product).await?.is_none() {
            return Err(Invalid::one("products", format!("contains {product}, which is no product")).into());
        }
    }
    Ok(())
}

/// Turns a subscription on or off.
fn enable(row: Subscription, enabled: bool) -> Subscription {
    use SubscriptionState as S;
    let state = match (row.state, enabled) {
        (S::Active | S::PendingVerification, false) => S::Disabled,
        (S::Disabled | S::Suspended, true) if row.verified_at.is_some() => S::Active,
        (S::Disabled | S::Suspended, true) => S::PendingVerification,
        (state, _) => state,
    };
    if state == row.state {
        return row;
    }
    Subscription { state, state_reason: None, failing_since: None, paused_until: None, ..row }
}

/// A subscription with another address, which must be verified.
fn moved(row: Subscription) -> Subscription {
    let state = match row.state {
        SubscriptionState::Disabled => SubscriptionState::Disabled,
        _ => SubscriptionState::PendingVerification,
    };
    Subscription {
        state,
        state_reason: None,
        verified_at: None,
        active_from: None,
        failing_since: None,
        paused_until: None,
        ..row
    }
}

/// The subscription after its verification.
pub(super) fn verified(row: Subscription, now: DateTime<Utc>) -> Subscription {
    Subscription {
        state: SubscriptionState::Active,
        state_reason: None,
        verified_at: Some(now),
        active_from: Some(KNOWN_AFTER.after(now)),
        failing_since: None,
        paused_until: None,
        revision: row.revision + 1,
        updated_at: now,
        ..row
    }
}
