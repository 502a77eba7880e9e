//! Claiming due deliveries, signing them, and recording what came of each attempt.

use std::{collections::HashMap, fmt};

use chrono::{DateTime, Utc};
use licensing::{
    EventKind, Span,
    webhook::{Answer, CHALLENGES, DeliveryState, Effect, Next, SubscriptionState, judge},
};
use serde_json::json;
use store::{
    Engine, Tx,
    webhooks::{Attempt, Delivery, Subscription},
};
use uuid::Uuid;

use super::{
    WebhookSecret, Webhooks,
    challenge::challenge_in,
    subscriptions::{subject, verified},
};
use crate::{
    Actor, Result,
    audit::Record,
    crypto::vault::{Purpose, random},
    retry::retried,
};

/// Time for which an instance claims a delivery: longer than an attempt takes.
const CLAIM: Span = Span::minutes(1);

/// A signed message that is to be sent.
#[derive(Clone)]
pub struct Outgoing {
    /// Delivery.
    pub delivery: Uuid,
    /// Subscription.
    pub subscription: Uuid,
    /// Address.
    pub url: String,
    /// Headers of Standard Webhooks: id, timestamp and signature.
    pub headers: [(&'static str, String); 3],
    /// Body.
    pub body: String,
    /// Time at which it was signed.
    pub at: DateTime<Utc>,
    challenge: Option<(String, Vec<WebhookSecret>)>,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}

impl Outgoing {
    /// Returns `true` if it is the challenge that verifies an address.
    pub fn is_challenge(&self) -> bool {
        self.challenge.is_some()
    }

    /// Returns `true` if this response signs the challenge.
    pub fn is_answered_by(&self, response: &str) -> bool {
        let (challenge, secrets) = match &self.challenge {
            Some(challenge) => challenge,
            None => return false,
        };
        secrets.iter().any(|secret| secret.is_answer(challenge, response))
    }
}

/// Result of an attempt.
#[derive(Clone, Debug)]
pub struct Report {
    /// Delivery.
    pub delivery: Uuid,
    /// Subscription.
    pub subscription: Uuid,
    /// Address that the attempt was made at.
    pub url: String,
    /// Time at which it began.
    pub at: DateTime<Utc>,
    /// Duration in milliseconds.
    pub milliseconds: i64,
    /// Answer.
    pub answer: Answer,
    /// Reason for having no answer, or for not accepting it.
    pub error: Option<String>,
    /// Beginning of the response's body.
    pub response: Option<String>,
    /// For a challenge: `true` if the address has shown that it wants messages.
    pub is_verified: bool,
}

impl Webhooks {
    /// Claims due deliveries for one minute, at most `room` of them. `in_flight` counts those of each subscription that
    /// this process is sending, of which there may be `most`.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn claim_deliveries(
        &self,
        room: usize,
        (in_flight, most): (&HashMap<Uuid, usize>, usize),
    ) -> Result<Vec<Outgoing>> {
        let due = self.store.read().await?.on().due_subscriptions(self.clock.now()).await?;
        let free = |row: &Subscription| most.saturating_sub(in_flight.get(&row.id).copied().unwrap_or_default());
        let due: Vec<(Subscription, usize)> =
            due.into_iter().map(|row| (free(&row), row)).filter(|(n, _)| *n > 0).map(|(n, row)| (row, n)).collect();
        if due.is_empty() || room == 0 {
            return Ok(vec![]);
        }
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        let mut claimed = vec![];
        for (row, free) in due {
            let free = free.min(room.saturating_sub(claimed.len()));
            let deliveries =
                tx.claim_deliveries(row.id, (now, CLAIM.after(now)), i64::try_from(free).unwrap_or_default()).await?;
            for delivery in deliveries {
                claimed.push(self.signed(&row, delivery, now)?);
            }
        }
        tx.commit().await?;
        Ok(claimed)
    }

    fn signed(&self, row: &Subscription, delivery: Delivery, now: DateTime<Utc>) -> Result<Outgoing> {
        let former = row.former_sealed.as_ref().filter(|_| row.former_until.is_some_and(|until| now < until));
        let opened = |sealed: &Vec<u8>| Ok(WebhookSecret::of_bytes(self.vault.open(Purpose::Webhook, sealed)?));
        let secrets = [&row.secret_sealed].into_iter().chain(former).map(opened).collect::<Result<Vec<_>>>()?;
        let (id, timestamp) = (delivery.message_id.to_string(), now.timestamp());
        let signatures: Vec<_> = secrets.iter().map(|secret| secret.sign(&id, timestamp, &delivery.body)).collect();
        let challenge = challenge_in(&delivery).map(|challenge| (challenge, secrets));
        Ok(Outgoing {
            delivery: delivery.id,
            subscription: row.id,
            url: row.url.clone(),
            headers: [
                ("webhook-id", id),
                ("webhook-timestamp", timestamp.to_string()),
                ("webhook-signature", signatures.join(" ")),
            ],
            body: delivery.body,
            at: now,
            challenge,
        })
    }

    /// Records the results of attempts, in one transaction.
    ///
    /// # Errors
    /// `Unavailable`; nothing is recorded then, and the messages are sent again once their claims have ended.
    pub async fn record_attempts(&self, mut reports: Vec<Report>) -> Result<()> {
        reports.sort_by_key(|report| (report.subscription, report.delivery));
        let changes = retried(|| async {
            let mut tx = self.store.begin().await?;
            let now = self.clock.now();
            let mut changes = false;
            for report in &reports {
                changes |= self.record(&mut tx, report, now).await?;
            }
            tx.commit().await?;
            Ok(changes)
        })
        .await?;
        if changes {
            self.changed().await;
        }
        self.recorded.notify_waiters();
        Ok(())
    }

    /// Records the result of an attempt. Returns `true` if it changed the state of the subscription.
    async fn record(&self, tx: &mut Tx, report: &Report, now: DateTime<Utc>) -> Result<bool> {
        let row = tx.lock_subscription(report.subscription).await?;
        let Some(delivery) = tx.lock_delivery(report.delivery).await? else { return Ok(false) };
        let n = delivery.attempts + 1;
        tx.insert_attempt(&Attempt {
            delivery_id: delivery.id,
            n,
            at: report.at,
            milliseconds: report.milliseconds,
            status: match report.answer {
                Answer::Status(status, _) => Some(i64::from(status)),
                Answer::None | Answer::NotAllowed => None,
            },
            error: report.error.clone(),
            response: report.response.clone(),
        })
        .await?;
        // A subscription that was deleted or moved in the meantime has nothing to do with this address.
        let Some(row) = row.filter(|row| row.url == report.url) else {
            let held = Delivery { attempts: n, ..finished(delivery, DeliveryState::Held, now) };
            tx.update_delivery(&held).await?;
            return Ok(false);
        };
        let is_challenge = challenge_in(&delivery).is_some();
        // A challenge is not delivered by a mere 200.
        let answer = match report.answer {
            Answer::Status(200..=299, asked) if is_challenge && !report.is_verified => Answer::Status(400, asked),
            Answer::Status(..) | Answer::None if is_challenge && report.is_verified => Answer::Status(200, None),
            other => other,
        };
        let failed = delivery.failed + i64::from(!matches!(answer, Answer::Status(200..=299, _)));
        let tries = (usize::try_from(failed).unwrap_or_default(), is_challenge.then_some(CHALLENGES), jitter()?);
        let verdict = judge(answer, tries, (row.failing_since, self.settings().suspend_after), now);
        let sends = row.state.sends();
        let delivery = Delivery { attempts: n, failed, claimed_until: None, ..delivery };
        let delivery = match verdict.next {
            Next::Retry(at) if sends => Delivery { state: DeliveryState::Pending, due_at: Some(at), ..delivery },
            Next::Retry(_) | Next::Held => finished(delivery, DeliveryState::Held, now),
            Next::Delivered => finished(delivery, DeliveryState::Delivered, now),
            Next::Dead => finished(delivery, DeliveryState::Dead, now),
            Next::Blocked => finished(delivery, DeliveryState::Blocked, now),
        };
        tx.update_delivery(&delivery).await?;
        self.affect(tx, row, (verdict.effect, is_challenge), now).await
    }

    /// Applies the effect of an attempt to the subscription. Returns `true` if its state has changed.
    async fn affect(
        &self,
        tx: &mut Tx,
        row: Subscription,
        (effect, is_challenge): (Effect, bool),
        now: DateTime<Utc>,
    ) -> Result<bool> {
        use SubscriptionState as S;
        let failing_since = row.failing_since.or(Some(now));
        let is_pending = row.state == S::PendingVerification;
        let (new, event) = match effect {
            Effect::Works if is_challenge && is_pending => (verified(row, now), Some(EventKind::WebhookVerified)),
            Effect::Works => {
                (Subscription { last_success_at: Some(now), failing_since: None, paused_until: None, ..row }, None)
            }
            Effect::Fails => (Subscription { failing_since, ..row }, None),
            Effect::Rests(until) => (Subscription { failing_since, paused_until: Some(until), ..row }, None),
            Effect::Disabled if row.state == S::Active => {
                let why = "Its receiver answered 410: it wants no more messages.".to_owned();
                let disabled = Subscription { state: S::Disabled, state_reason: Some(why), failing_since, ..row };
                (disabled, Some(EventKind::WebhookDisabled))
            }
            Effect::Suspended if row.state == S::Active => {
                let why = "Every delivery failed for days.".to_owned();
                let suspended = Subscription { state: S::Suspended, state_reason: Some(why), failing_since, ..row };
                (suspended, Some(EventKind::WebhookSuspended))
            }
            Effect::Disabled | Effect::Suspended => (Subscription { failing_since, ..row }, None),
        };
        if matches!(new.state, S::Disabled | S::Suspended) && event.is_some() {
            tx.hold_deliveries(new.id).await?;
        }
        tx.update_subscription(&new).await?;
        let Some(event) = event else { return Ok(false) };
        let server = Actor::server();
        let record = Record::new(&server, event, subject(&new)).made(&json!({ "url": new.url }));
        record.because(new.state_reason.clone()).write(tx, now).await?;
        Ok(true)
    }

    /// Takes over the deliveries of a process that was killed. Only SQLite can tell that it is gone, since it has one
    /// process; on PostgreSQL, its claims end after a minute.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn take_over_deliveries(&self) -> Result<()> {
        if self.store.engine() == Engine::Sqlite {
            let mut tx = self.store.begin().await?;
            tx.end_delivery_claims().await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

fn finished(delivery: Delivery, state: DeliveryState, now: DateTime<Utc>) -> Delivery {
    Delivery { state, due_at: None, claimed_until: None, finished_at: Some(now), ..delivery }
}

/// A random number from -200 to 200.
fn jitter() -> Result<i64> {
    Ok(i64::from(u16::from_be_bytes(random::<2>()?) % 401) - 200)
}
