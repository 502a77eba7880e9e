//! Devices that hold the seats of a license, in the order in which support would free them.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    Connection, Result,
    activations::{Activation, COLUMNS},
    engine::run,
};

/// Number of seats that are compared, those that become free first. A license with more would take longer than a page
/// may, and the seats that are held longest are not the ones to free.
const COMPARED: i64 = 1_000;

impl Connection<'_> {
    /// Returns at most `most` devices that hold a seat of the license at `now`. A device with the name and platform in
    /// `like` comes first, since it is probably the same machine; then those that were seen longest ago; then those
    /// whose session has ended, which only wait for their last token.
    pub async fn stalest_seats(
        &mut self,
        license_id: Uuid,
        like: Option<(&str, &str)>,
        now: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<Activation>> {
        let (name, platform) = like.unzip();
        let rank = |row: &Activation| {
            let is_over = row.revoked_at.is_some() || row.released_at.is_some();
            let is_alike = like.is_some() && row.device_name.as_deref().zip(row.platform.as_deref()) == like;
            (is_over, !is_alike, row.last_seen_at, row.id)
        };
        let mut rows: Vec<Activation> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM activations a WHERE a.id IN (SELECT id FROM (SELECT id, last_seen_at, ");
            sql.push("device_name, platform, revoked_at, released_at FROM activations WHERE license_id = ");
            sql.push_bind(license_id).push(" AND hold_until > ").push_bind(now);
            sql.push(" ORDER BY hold_until, id LIMIT ").push_bind(COMPARED).push(") AS first_free ORDER BY ");
            sql.push(
                "CASE WHEN revoked_at IS NULL AND released_at IS NULL THEN 0 ELSE 1 END, CASE WHEN device_name = ",
            );
            sql.push_bind(name.map(str::to_owned)).push(" AND platform = ").push_bind(platform.map(str::to_owned));
            sql.push(" THEN 0 ELSE 1 END, last_seen_at, id LIMIT ").push_bind(most).push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        rows.sort_by_key(rank);
        Ok(rows)
    }
}
