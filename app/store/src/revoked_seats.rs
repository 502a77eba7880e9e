//! Seats that support freed or revoked, and further queries about devices.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    Connection, Result, Tx,
    activations::{Activation, COLUMNS},
    engine::run,
    error::affected_one,
    status::{StatusIndex, TokenStatus},
};

/// State of a seat before support freed or revoked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SeatBefore {
    /// Time at which support freed or revoked it.
    pub taken_at: DateTime<Utc>,
    /// End of its hold before that.
    #[sqlx(rename = "taken_hold_until")]
    pub hold_until: DateTime<Utc>,
    /// End of its last token before that.
    #[sqlx(rename = "taken_token_expires_at")]
    pub token_expires_at: DateTime<Utc>,
}

/// A device with a given fingerprint, on any license.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct FoundDevice {
    /// Device.
    #[sqlx(flatten)]
    pub device: Activation,
    /// Product of the license.
    pub product_id: Uuid,
    /// Name of the product.
    pub product_name: String,
    /// Customer of the license.
    pub customer: Option<String>,
    /// E-mail address of the license.
    pub email: Option<String>,
    /// Last characters of the license's code.
    pub code_tail: String,
}

impl Connection<'_> {
    /// Returns the state of an activation's seat before support freed or revoked it; `None` if support did not, or did
    /// so in an earlier session.
    pub async fn taken_seat(&mut self, id: Uuid) -> Result<Option<SeatBefore>> {
        const SQL: &str = "SELECT taken_at, taken_hold_until, taken_token_expires_at FROM activations \
             WHERE id = $1 AND taken_session = id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// Returns the seats of a license that support freed or revoked since `since`, each with the id of its activation.
    pub async fn taken_seats(&mut self, license_id: Uuid, since: DateTime<Utc>) -> Result<Vec<(Uuid, SeatBefore)>> {
        #[derive(sqlx::FromRow)]
        struct Row {
            id: Uuid,
            #[sqlx(flatten)]
            seat: SeatBefore,
        }
        const SQL: &str = "SELECT id, taken_at, taken_hold_until, taken_token_expires_at FROM activations \
             WHERE license_id = $1 AND taken_session = id AND taken_at > $2";
        let rows: Vec<Row> =
            run!(self, |c| sqlx::query_as(SQL).bind(license_id).bind(since).fetch_all(&mut **c).await)?;
        Ok(rows.into_iter().map(|row| (row.id, row.seat)).collect())
    }

    /// Returns the ends of the tokens of a license's devices that hold no seat at `now` and whose tokens may still be
    /// valid: at most `most`, the latest first.
    pub async fn tokens_without_seat(
        &mut self,
        license_id: Uuid,
        now: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<DateTime<Utc>>> {
        // The last condition follows from the two before it, and lets the planner use the partial index.
        const SQL: &str = "SELECT token_expires_at FROM activations \
             WHERE license_id = $1 AND hold_until <= $2 AND token_expires_at > $2 \
             AND token_expires_at > hold_until ORDER BY token_expires_at DESC LIMIT $3";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(license_id).bind(now).bind(most).fetch_all(&mut **c).await)?)
    }

    /// Returns at most `most` devices with this fingerprint, on any license, ordered by the end of the hold, latest
    /// first.
    pub async fn devices_with(&mut self, fingerprint_hash: &[u8; 32], most: i64) -> Result<Vec<FoundDevice>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(", p.id AS product_id, p.name AS product_name, l.customer, l.email, l.code_tail");
            sql.push(
                " FROM activations a JOIN licenses l ON l.id = a.license_id JOIN products p ON p.id = l.product_id",
            );
            sql.push(" WHERE a.fingerprint_hash = ").push_bind(fingerprint_hash.as_slice());
            sql.push(" ORDER BY a.hold_until DESC, a.id DESC LIMIT ").push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns another device of the same license that holds a seat, has the same name and platform, and was last seen
    /// earlier: probably the same machine before it was reinstalled. If there are several, the one seen longest ago.
    pub async fn twin_of(&mut self, device: &Activation, now: DateTime<Utc>) -> Result<Option<Activation>> {
        let (Some(name), Some(platform)) = (&device.device_name, &device.platform) else { return Ok(None) };
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations a WHERE a.license_id = ").push_bind(device.license_id);
            sql.push(" AND a.hold_until > ").push_bind(now).push(" AND a.id <> ").push_bind(device.id);
            sql.push(" AND a.device_name = ").push_bind(name).push(" AND a.platform = ").push_bind(platform);
            sql.push(" AND a.revoked_at IS NULL AND a.released_at IS NULL AND a.last_seen_at < ");
            sql.push_bind(device.last_seen_at).push(" ORDER BY a.last_seen_at, a.id LIMIT 1");
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Records the state of a seat that support frees or revokes at `now`. Call this before the change.
    pub async fn note_seat(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "UPDATE activations SET taken_session = id, taken_at = $2, taken_hold_until = hold_until, \
             taken_token_expires_at = token_expires_at WHERE id = $1";
        let changed =
            run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
        affected_one(changed, "activations", id)
    }

    /// Restores a seat that support freed or revoked.
    pub async fn restore_seat(&mut self, id: Uuid, seat: SeatBefore) -> Result<()> {
        const SQL: &str = "UPDATE activations SET revoked_at = NULL, released_at = NULL, hold_until = $2, \
             token_expires_at = $3, taken_session = NULL, taken_at = NULL, taken_hold_until = NULL, taken_token_expires_at = NULL WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(id)
            .bind(seat.hold_until)
            .bind(seat.token_expires_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "activations", id)
    }

    /// Undoes the end of a session in its status list: sets `status`, or removes the entry, which makes its tokens
    /// valid.
    pub async fn amend_status(&mut self, place: StatusIndex, status: Option<TokenStatus>) -> Result<()> {
        const GOOD: &str = "DELETE FROM status_entries WHERE status_list = $1 AND status_index = $2";
        const OTHER: &str = "UPDATE status_entries SET state = $3 WHERE status_list = $1 AND status_index = $2";
        run!(self.on(), |c| match status {
            None => sqlx::query(GOOD).bind(place.list).bind(place.index).execute(c).await.map(drop),
            Some(status) =>
                sqlx::query(OTHER).bind(place.list).bind(place.index).bind(status.name()).execute(c).await.map(drop),
        })?;
        Ok(())
    }

    /// Sets or removes the name that support gives a device.
    pub async fn label_device(&mut self, id: Uuid, label: Option<&str>) -> Result<()> {
        const SQL: &str = "UPDATE activations SET label = $2, label_revision = label_revision + 1 WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(id)
            .bind(label)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "activations", id)
    }
}
