//! Release tickets that were used, and the devices that a ticket can release.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// A release ticket that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedTicket {
    /// Id (`jti`).
    pub id: Uuid,
    /// License.
    pub license_id: Uuid,
    /// Time of use.
    pub used_at: DateTime<Utc>,
    /// End of validity.
    pub expires_at: DateTime<Utc>,
}

/// A device that occupies a seat.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SeatHolder {
    /// Activation.
    pub id: Uuid,
    /// Name of the device, if the software sent one.
    pub device_name: Option<String>,
    /// Platform of the device, if the software sent one.
    pub platform: Option<String>,
    /// Time of the last request.
    pub last_seen_at: DateTime<Utc>,
    /// Start of the session.
    pub activated_at: DateTime<Utc>,
    /// End of the lease.
    pub lease_ends_at: DateTime<Utc>,
}

impl Connection<'_> {
    /// Returns at most `most` devices of a license whose sessions hold a seat at `now`, the last seen longest ago
    /// first. Released seats that are still held are left out, since nobody can release them again.
    pub async fn seat_holders(&mut self, license_id: Uuid, now: DateTime<Utc>, most: i64) -> Result<Vec<SeatHolder>> {
        const SQL: &str = "SELECT id, device_name, platform, last_seen_at, activated_at, lease_ends_at \
             FROM activations WHERE license_id = $1 AND hold_until > $2 AND revoked_at IS NULL \
             AND released_at IS NULL AND checked_out_at IS NULL ORDER BY last_seen_at, id LIMIT $3";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(license_id).bind(now).bind(most).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Marks a ticket as used. Returns `false` if it was already used: of two concurrent attempts, one succeeds.
    pub async fn use_ticket(&mut self, ticket: &UsedTicket) -> Result<bool> {
        const SQL: &str = "INSERT INTO used_tickets (id, license_id, used_at, expires_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (id) DO NOTHING";
        let used = run!(self.on(), |c| sqlx::query(SQL)
            .bind(ticket.id)
            .bind(ticket.license_id)
            .bind(ticket.used_at)
            .bind(ticket.expires_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(used == 1)
    }

    /// Deletes used tickets that expired before `before`. Returns the number deleted.
    pub async fn forget_tickets(&mut self, before: DateTime<Utc>) -> Result<u64> {
        const SQL: &str = "DELETE FROM used_tickets WHERE expires_at < $1";
        Ok(run!(self.on(), |c| sqlx::query(SQL).bind(before).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
