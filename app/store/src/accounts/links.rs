//! Single-use links: to accept an invitation, or to set an account's password. Their tokens are stored hashed.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// Purpose of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum LinkPurpose {
    /// Accepts an invitation.
    Invitation,
    /// Sets a new password.
    Password,
    /// Sets a new password of an owner. Made on the command line; also enables the account and local sign-in again.
    Recovery,
}

licensing::stored_names!(LinkPurpose);

/// A stored link.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AccountLink {
    /// Purpose.
    #[sqlx(try_from = "String")]
    pub purpose: LinkPurpose,
    /// Account whose password it sets.
    pub account_id: Option<Uuid>,
    /// Invitation that it accepts.
    pub invitation_id: Option<Uuid>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// End of validity.
    pub expires_at: DateTime<Utc>,
    /// Time of use.
    pub used_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// Returns the link whose token has this hash.
    pub async fn account_link(&mut self, token_hash: &[u8]) -> Result<Option<AccountLink>> {
        const SQL: &str = "SELECT purpose, account_id, invitation_id, created_at, expires_at, used_at \
             FROM account_links WHERE token_hash = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(token_hash).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts a link, and deletes unused ones for the same account or invitation.
    pub async fn replace_account_link(&mut self, token_hash: &[u8], link: &AccountLink) -> Result<()> {
        const FORGET: &str =
            "DELETE FROM account_links WHERE used_at IS NULL AND (account_id = $1 OR invitation_id = $2)";
        const SQL: &str = "INSERT INTO account_links \
             (token_hash, purpose, account_id, invitation_id, created_at, expires_at, used_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)";
        run!(self.on(), |c| sqlx::query(FORGET)
            .bind(link.account_id)
            .bind(link.invitation_id)
            .execute(c)
            .await
            .map(drop))?;
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(token_hash)
            .bind(link.purpose.name())
            .bind(link.account_id)
            .bind(link.invitation_id)
            .bind(link.created_at)
            .bind(link.expires_at)
            .bind(link.used_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Marks a link as used. Returns `false` if it does not exist, was used, or has expired: of two concurrent
    /// attempts, one succeeds.
    pub async fn use_account_link(&mut self, token_hash: &[u8], now: DateTime<Utc>) -> Result<bool> {
        const SQL: &str =
            "UPDATE account_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
        let used = run!(self.on(), |c| sqlx::query(SQL)
            .bind(token_hash)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(used == 1)
    }

    /// Deletes the unused links of an account.
    pub async fn forget_account_links(&mut self, account: Uuid) -> Result<()> {
        const SQL: &str = "DELETE FROM account_links WHERE used_at IS NULL AND account_id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(account).execute(c).await.map(drop))?;
        Ok(())
    }
}
