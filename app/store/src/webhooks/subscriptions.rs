//! Subscriptions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use licensing::webhook::SubscriptionState;
use sqlx::{FromRow, QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run, error::affected_one};

/// A subscription to webhooks.
#[derive(Clone, PartialEq, FromRow)]
pub struct Subscription {
    /// Id.
    pub id: Uuid,
    /// Address that messages are sent to.
    pub url: String,
    /// Text for people.
    pub description: Option<String>,
    /// Patterns of the types that it receives.
    #[sqlx(json)]
    pub event_types: Vec<String>,
    /// Products that it is limited to; empty for all.
    #[sqlx(json)]
    pub products: Vec<Uuid>,
    /// Kinds of objects that it is limited to; empty for all.
    #[sqlx(json)]
    pub kinds: Vec<String>,
    /// Attributes of the envelope that it is limited to, with their values; empty for all messages.
    #[sqlx(json)]
    pub attributes: BTreeMap<String, String>,
    /// State.
    #[sqlx(try_from = "String")]
    pub state: SubscriptionState,
    /// Reason for the state: a sentence.
    pub state_reason: Option<String>,
    /// Secret that signs its messages, sealed.
    pub secret_sealed: Vec<u8>,
    /// Previous secret, sealed, which also signs for a while after a rotation.
    pub former_sealed: Option<Vec<u8>>,
    /// Time until which the previous secret signs.
    pub former_until: Option<DateTime<Utc>>,
    /// Name of its creator, at the time.
    pub created_by: String,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
    /// Time at which its address was verified.
    pub verified_at: Option<DateTime<Utc>>,
    /// Time from which on events are delivered: when every instance knows that it wants them.
    pub active_from: Option<DateTime<Utc>>,
    /// Time of the last accepted message.
    pub last_success_at: Option<DateTime<Utc>>,
    /// Time since when every attempt has failed; `None` if the last one succeeded.
    pub failing_since: Option<DateTime<Utc>>,
    /// Time until which nothing is sent, because the receiver is overloaded.
    pub paused_until: Option<DateTime<Utc>>,
    /// Revision, raised by every change that users make; starts at 1.
    pub revision: i64,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

const COLUMNS: &str = "id, url, description, event_types, products, kinds, state, state_reason, secret_sealed, \
     former_sealed, former_until, created_by, created_at, updated_at, verified_at, active_from, last_success_at, \
     failing_since, paused_until, revision, attributes";

impl Connection<'_> {
    /// Returns the subscription with this id.
    pub async fn subscription(&mut self, id: Uuid) -> Result<Option<Subscription>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM webhook_subscriptions WHERE id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }

    /// Returns every subscription, newest first.
    pub async fn subscriptions(&mut self) -> Result<Vec<Subscription>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM webhook_subscriptions ORDER BY id DESC");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns the subscriptions that may receive messages and have some that are due.
    pub async fn due_subscriptions(&mut self, now: DateTime<Utc>) -> Result<Vec<Subscription>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM webhook_subscriptions AS s WHERE state IN ('Active', 'PendingVerification')");
            sql.push(" AND (paused_until IS NULL OR paused_until <= ").push_bind(now);
            sql.push(") AND EXISTS (SELECT 1 FROM deliveries AS d WHERE d.subscription_id = s.id");
            sql.push(" AND d.state = 'pending' AND d.due_at <= ").push_bind(now);
            sql.push(" AND (d.claimed_until IS NULL OR d.claimed_until <= ").push_bind(now).push(")) ORDER BY id");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Returns the subscription with this id, locked until the transaction ends.
    pub async fn lock_subscription(&mut self, id: Uuid) -> Result<Option<Subscription>> {
        if let Connection::Postgres(c) = self.on() {
            const LOCK: &str = "SELECT id FROM webhook_subscriptions WHERE id = $1 FOR NO KEY UPDATE";
            sqlx::query(LOCK).bind(id).execute(c).await?;
        }
        self.on().subscription(id).await
    }

    /// Inserts a subscription.
    pub async fn insert_subscription(&mut self, row: &Subscription) -> Result<()> {
        run!(self.on(), |c| {
            let mut sql = QueryBuilder::<Db>::new("INSERT INTO webhook_subscriptions (");
            sql.push(COLUMNS).push(") VALUES (");
            let mut values = sql.separated(", ");
            values.push_bind(row.id).push_bind(&row.url).push_bind(&row.description);
            values.push_bind(Json(&row.event_types)).push_bind(Json(&row.products)).push_bind(Json(&row.kinds));
            values.push_bind(row.state.name()).push_bind(&row.state_reason).push_bind(&row.secret_sealed);
            values.push_bind(&row.former_sealed).push_bind(row.former_until).push_bind(&row.created_by);
            values.push_bind(row.created_at).push_bind(row.updated_at).push_bind(row.verified_at);
            values.push_bind(row.active_from).push_bind(row.last_success_at).push_bind(row.failing_since);
            values.push_bind(row.paused_until).push_bind(row.revision).push_bind(Json(&row.attributes));
            sql.push(")");
            sql.build().execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Updates everything about a subscription except its id and its creation.
    pub async fn update_subscription(&mut self, row: &Subscription) -> Result<()> {
        const SQL: &str = "UPDATE webhook_subscriptions SET url = $2, description = $3, event_types = $4, products = $5, \
             kinds = $6, state = $7, state_reason = $8, secret_sealed = $9, former_sealed = $10, former_until = $11, \
             updated_at = $12, verified_at = $13, active_from = $14, last_success_at = $15, failing_since = $16, \
             paused_until = $17, revision = $18, attributes = $19 WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(row.id)
            .bind(&row.url)
            .bind(&row.description)
            .bind(Json(&row.event_types))
            .bind(Json(&row.products))
            .bind(Json(&row.kinds))
            .bind(row.state.name())
            .bind(&row.state_reason)
            .bind(&row.secret_sealed)
            .bind(&row.former_sealed)
            .bind(row.former_until)
            .bind(row.updated_at)
            .bind(row.verified_at)
            .bind(row.active_from)
            .bind(row.last_success_at)
            .bind(row.failing_since)
            .bind(row.paused_until)
            .bind(row.revision)
            .bind(Json(&row.attributes))
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "webhook_subscriptions", row.id)
    }

    /// Deletes a subscription. Its deliveries are no longer sent, and are deleted with all old ones.
    pub async fn delete_subscription(&mut self, id: Uuid) -> Result<()> {
        const SQL: &str = "DELETE FROM webhook_subscriptions WHERE id = $1";
        let deleted = run!(self.on(), |c| sqlx::query(SQL).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
        affected_one(deleted, "webhook_subscriptions", id)
    }
}
