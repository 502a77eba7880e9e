//! Entries of the status lists.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{StatusIndex, TokenStatus};
use crate::{Connection, Result, Tx, desk::pieces, engine::run};

/// A session whose tokens are not valid.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusEntry {
    /// Status list and index.
    pub place: StatusIndex,
    /// Status of its tokens.
    pub status: TokenStatus,
    /// End of its last token.
    pub until: DateTime<Utc>,
    /// Session.
    pub activation_id: Uuid,
}

/// Status of one index in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PublishedStatus {
    /// Index.
    pub status_index: i64,
    /// Status.
    #[sqlx(try_from = "String")]
    pub status: TokenStatus,
}

/// An invalid session stays invalid, and the later end is kept.
const ON_CONFLICT: &str = " ON CONFLICT (status_list, status_index) DO UPDATE SET \
     state = CASE WHEN status_entries.state = 'invalid' THEN 'invalid' ELSE excluded.state END, \
     until = CASE WHEN status_entries.until > excluded.until THEN status_entries.until ELSE excluded.until END";

/// Inserts the sessions that may have a token that is valid at `$2`, with status `$3`.
const OF_SESSIONS: &str = "INSERT INTO status_entries (status_list, status_index, state, until, activation_id) \
     SELECT status_list, status_index, $3, \
         CASE WHEN hold_until > token_expires_at THEN hold_until ELSE token_expires_at END, id \
     FROM activations WHERE status_list IS NOT NULL AND (hold_until > $2 OR token_expires_at > $2) AND ";

impl Connection<'_> {
    /// Returns the entries of a list at `now`: sessions that were revoked, released, checked out or taken over, and
    /// those whose license is suspended or revoked, as long as they may have a valid token. An index may occur twice.
    pub async fn statuses(&mut self, list: Uuid, now: DateTime<Utc>) -> Result<Vec<PublishedStatus>> {
        const SQL: &str = "SELECT status_index, state AS status FROM status_entries \
             WHERE status_list = $1 AND until > $2 \
             UNION ALL \
             SELECT a.status_index, CASE l.state WHEN 'suspended' THEN 'suspended' ELSE 'invalid' END \
             FROM licenses l JOIN activations a ON a.license_id = l.id \
             WHERE l.state <> 'active' AND a.status_list = $1 AND (a.hold_until > $2 OR a.token_expires_at > $2)";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(list).bind(now).fetch_all(&mut **c).await)?)
    }
}

impl Tx {
    /// Adds entries. A session that is already invalid stays so. No index may occur twice.
    pub async fn mark_status(&mut self, entries: &[StatusEntry]) -> Result<()> {
        for piece in pieces(entries) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new(
                    "INSERT INTO status_entries (status_list, status_index, state, until, activation_id) ",
                );
                sql.push_values(piece, |mut row, e| {
                    row.push_bind(e.place.list)
                        .push_bind(e.place.index)
                        .push_bind(e.status.name())
                        .push_bind(e.until)
                        .push_bind(e.activation_id);
                });
                sql.push(ON_CONFLICT).build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Adds a session until its last token ends. Call this before changing its row.
    pub async fn mark_activation(&mut self, id: Uuid, status: TokenStatus, now: DateTime<Utc>) -> Result<()> {
        self.mark_sessions("id = $1", id, status, now).await
    }

    /// Adds every session of a license. Call this before changing their rows.
    pub async fn mark_license(&mut self, license_id: Uuid, status: TokenStatus, now: DateTime<Utc>) -> Result<()> {
        self.mark_sessions("license_id = $1", license_id, status, now).await
    }

    async fn mark_sessions(
        &mut self,
        which: &'static str,
        id: Uuid,
        status: TokenStatus,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let sql = [OF_SESSIONS, which, ON_CONFLICT].concat();
        run!(self.on(), |c| {
            let sql = sqlx::AssertSqlSafe(sql);
            sqlx::query(sql).bind(id).bind(now).bind(status.name()).execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Removes the entries of suspended sessions, when a checked-out seat is taken again. Invalid sessions keep theirs.
    pub async fn clear_status(&mut self, places: &[StatusIndex]) -> Result<()> {
        for piece in pieces(places) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new("DELETE FROM status_entries WHERE state = 'suspended' AND (");
                let mut list = sql.separated(" OR ");
                for place in piece {
                    list.push("(status_list = ").push_bind_unseparated(place.list);
                    list.push_unseparated(" AND status_index = ").push_bind_unseparated(place.index);
                    list.push_unseparated(")");
                }
                sql.push(")").build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Deletes entries whose last token ended before `before`. Returns the number deleted.
    pub async fn forget_statuses(&mut self, before: DateTime<Utc>) -> Result<u64> {
        const SQL: &str = "DELETE FROM status_entries WHERE until < $1";
        Ok(run!(self.on(), |c| sqlx::query(SQL).bind(before).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
