//! Browser sessions of the admin app. Ids are stored hashed; saving never brings back a login that was ended.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// What a login holds.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Login {
    /// The account that is signed in.
    pub account_id: Option<Uuid>,
    /// The session's data, as its keeper wrote it.
    pub data: String,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

impl Connection<'_> {
    /// The login whose id has this hash, unless it has expired.
    pub async fn login(&mut self, id_hash: &[u8], now: DateTime<Utc>) -> Result<Option<Login>> {
        const SQL: &str = "SELECT account_id, data, expires_at FROM logins WHERE id_hash = $1 AND expires_at > $2";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id_hash).bind(now).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Writes a new login. `Conflict(Id)` where the id is taken.
    pub async fn insert_login(&mut self, id_hash: &[u8], login: &Login, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str =
            "INSERT INTO logins (id_hash, account_id, data, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(id_hash)
            .bind(login.account_id)
            .bind(&login.data)
            .bind(now)
            .bind(login.expires_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Saves a login that is still there. `false` where it was ended meanwhile: a slow request must not revive it.
    pub async fn update_login(&mut self, id_hash: &[u8], login: &Login) -> Result<bool> {
        const SQL: &str = "UPDATE logins SET account_id = $2, data = $3, expires_at = $4 WHERE id_hash = $1";
        let saved = run!(self.on(), |c| sqlx::query(SQL)
            .bind(id_hash)
            .bind(login.account_id)
            .bind(&login.data)
            .bind(login.expires_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(saved == 1)
    }

    /// Ends a login.
    pub async fn delete_login(&mut self, id_hash: &[u8]) -> Result<()> {
        const SQL: &str = "DELETE FROM logins WHERE id_hash = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(id_hash).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Removes the logins that have expired; how many there were.
    pub async fn delete_expired_logins(&mut self, now: DateTime<Utc>) -> Result<u64> {
        const SQL: &str = "DELETE FROM logins WHERE expires_at <= $1";
        Ok(run!(self.on(), |c| sqlx::query(SQL).bind(now).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
