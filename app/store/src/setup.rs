//! The one-time link by which the first owner is set up.

use chrono::{DateTime, Utc};

use crate::{Connection, Result, Tx, engine::run};

/// Where a setup link stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SetupLink {
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// The link whose token has this hash.
    pub async fn setup_link(&mut self, token_hash: &[u8]) -> Result<Option<SetupLink>> {
        const SQL: &str = "SELECT expires_at, used_at FROM setup_links WHERE token_hash = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(token_hash).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Keeps every other transaction that sets the server up waiting until this one ends. SQLite's one writer is lock
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

    /// Writes a new link and forgets every earlier one that was not used.
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

    /// Uses a link up. `false` where it was used already, has expired, or never was: of two who try, one succeeds.
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
