//! Single-use link to set up the first owner.

use chrono::{DateTime, Utc};

use crate::{Connection, Result, Tx, engine::run};

/// State of a setup link.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SetupLink {
    /// End of validity.
    pub expires_at: DateTime<Utc>,
    /// Time of use.
    pub used_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// Returns the link whose token has this hash.
    pub async fn setup_link(&mut self, token_hash: &[u8]) -> Result<Option<SetupLink>> {
        const SQL: &str = "SELECT expires_at, used_at FROM setup_links WHERE token_hash = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(token_hash).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Blocks every other transaction that sets the server up until this one ends. On SQLite the single writer is lock
    /// enough.
    pub async fn lock_setup(&mut self) -> Result<()> {
        match self.on() {
            Connection::Sqlite(_) => {}
            Connection::Postgres(c) => {
                sqlx::query("LOCK TABLE setup_links IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
            }
        }
        Ok(())
    }

    /// Inserts a link, and deletes every earlier one that was not used.
    pub async fn replace_setup_link(
        &mut self,
        token_hash: &[u8],
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<()> {
        const FORGET: &str = "DELETE FROM setup_links WHERE used_at IS NULL";
        const SQL: &str = "INSERT INTO setup_links (token_hash, created_at, expires_at) VALUES ($1, $2, $3)";
        run!(self.on(), |c| sqlx::query(FORGET).execute(c).await.map(drop))?;
        run!(self.on(), |c| sqlx::query(SQL).bind(token_hash).bind(now).bind(expires_at).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Marks a link as used. Returns `false` if it does not exist, was used, or has expired: of two concurrent
    /// attempts, one succeeds.
    pub async fn use_setup_link(&mut self, token_hash: &[u8], now: DateTime<Utc>) -> Result<bool> {
        const SQL: &str =
            "UPDATE setup_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
        let used = run!(self.on(), |c| sqlx::query(SQL)
            .bind(token_hash)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(used == 1)
    }
}
