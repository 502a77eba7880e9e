//! Links that are good once: to take an invitation, or to set the password of an account. Tokens are stored hashed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// To make an account, as somebody who was invited.
    Invitation,
    /// To set a new password.
    Password,
    /// To set a new password of an owner, from the host: it opens the account and the local sign-in again.
    Recovery,
}

impl LinkPurpose {
    const ALL: [Self; 3] = [Self::Invitation, Self::Password, Self::Recovery];

    /// The name it is stored under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Password => "password",
            Self::Recovery => "recovery",
        }
    }
}

impl TryFrom<String> for LinkPurpose {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|it| it.name() == name).ok_or(name)
    }
}

/// A link, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AccountLink {
    /// What for.
    #[sqlx(try_from = "String")]
    pub purpose: LinkPurpose,
    /// Whose password.
    pub account_id: Option<Uuid>,
    /// Which invitation.
    pub invitation_id: Option<Uuid>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// The link whose token has this hash.
    pub async fn account_link(&mut self, token_hash: &[u8]) -> Result<Option<AccountLink>> {
        const SQL: &str = "SELECT purpose, account_id, invitation_id, created_at, expires_at, used_at \
             FROM account_links WHERE token_hash = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(token_hash).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Writes a new link, and forgets those for the same account or invitation that were not used.
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

    /// Uses a link up. `false` where it was used already, has expired, or never was: of two who try, one succeeds.
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

    /// Forgets the links of an account that were not used.
    pub async fn forget_account_links(&mut self, account: Uuid) -> Result<()> {
        const SQL: &str = "DELETE FROM account_links WHERE used_at IS NULL AND account_id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(account).execute(c).await.map(drop))?;
        Ok(())
    }
}
