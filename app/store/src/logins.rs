//! Logins: browser sessions of the admin app. Their secrets are stored hashed, and saving a login never revives one
//! that was ended.

use chrono::{DateTime, Utc};
use licensing::Role;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// A login.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Login {
    /// Account that is signed in.
    pub account_id: Option<Uuid>,
    /// Upstream session at an identity provider; `None` for a local sign-in.
    #[sqlx(rename = "sign_on")]
    pub upstream_session: Option<Uuid>,
    /// Session data, as written by the session layer.
    pub data: String,
    /// End of validity.
    pub expires_at: DateTime<Utc>,
    /// Approximate time of the last request.
    pub seen_at: Option<DateTime<Utc>>,
    /// Network address.
    pub address: Option<String>,
    /// User agent of the browser.
    pub agent: Option<String>,
}

/// A login as shown to users, without its session data.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LoginRow {
    /// Public id. `None` for logins from versions without such ids.
    pub id: Option<Uuid>,
    /// Account.
    pub account_id: Option<Uuid>,
    /// Name of the account.
    pub name: String,
    /// Time of sign-in.
    pub created_at: DateTime<Utc>,
    /// Approximate time of the last request.
    pub seen_at: Option<DateTime<Utc>>,
    /// Network address.
    pub address: Option<String>,
    /// User agent of the browser.
    pub agent: Option<String>,
}

impl Connection<'_> {
    /// Returns the login whose secret has this hash, unless it has expired.
    pub async fn login(&mut self, id_hash: &[u8], now: DateTime<Utc>) -> Result<Option<Login>> {
        const SQL: &str = "SELECT account_id, sign_on, data, expires_at, seen_at, address, agent FROM logins \
             WHERE id_hash = $1 AND expires_at > $2";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id_hash).bind(now).fetch_optional(&mut **c).await)?)
    }

    /// Returns the id of the login whose secret has this hash.
    pub async fn login_id(&mut self, id_hash: &[u8]) -> Result<Option<Uuid>> {
        const SQL: &str = "SELECT id FROM logins WHERE id_hash = $1 AND id IS NOT NULL";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(id_hash).fetch_optional(&mut **c).await)?)
    }

    /// Returns `true` if the role of the login's account has changed since the login's secret was generated.
    pub async fn login_is_outgrown(&mut self, id_hash: &[u8]) -> Result<bool> {
        const SQL: &str = "SELECT COUNT(*) FROM logins l JOIN accounts a ON a.id = l.account_id \
             WHERE l.id_hash = $1 AND l.role IS NOT NULL AND l.role <> a.role";
        let found: i64 = run!(self, |c| sqlx::query_scalar(SQL).bind(id_hash).fetch_one(&mut **c).await)?;
        Ok(found > 0)
    }

    /// Returns at most `most` logins that are valid at `now`, of one account or of all, the last seen first.
    pub async fn logins(&mut self, of: Option<Uuid>, now: DateTime<Utc>, most: i64) -> Result<Vec<LoginRow>> {
        const ALL: &str = "SELECT l.id, l.account_id, a.name, l.created_at, l.seen_at, l.address, l.agent \
             FROM logins l JOIN accounts a ON a.id = l.account_id WHERE l.expires_at > $1 \
             ORDER BY COALESCE(l.seen_at, l.created_at) DESC, l.created_at DESC LIMIT $2";
        const ONE: &str = "SELECT l.id, l.account_id, a.name, l.created_at, l.seen_at, l.address, l.agent \
             FROM logins l JOIN accounts a ON a.id = l.account_id WHERE l.expires_at > $1 AND l.account_id = $3 \
             ORDER BY COALESCE(l.seen_at, l.created_at) DESC, l.created_at DESC LIMIT $2";
        Ok(match of {
            None => run!(self, |c| sqlx::query_as(ALL).bind(now).bind(most).fetch_all(&mut **c).await)?,
            Some(id) => run!(self, |c| sqlx::query_as(ONE).bind(now).bind(most).bind(id).fetch_all(&mut **c).await)?,
        })
    }
}

impl Tx {
    /// Inserts a login with this public id, for an account with this role. Returns `Conflict(Id)` if the secret is
    /// taken.
    pub async fn insert_login(
        &mut self,
        id_hash: &[u8],
        login: &Login,
        (id, role): (Uuid, Option<Role>),
        now: DateTime<Utc>,
    ) -> Result<()> {
        const SQL: &str = "INSERT INTO logins \
             (id_hash, account_id, sign_on, data, created_at, expires_at, id, role, seen_at, address, agent) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(id_hash)
            .bind(login.account_id)
            .bind(login.upstream_session)
            .bind(&login.data)
            .bind(now)
            .bind(login.expires_at)
            .bind(id)
            .bind(role.map(Role::name))
            .bind(login.seen_at)
            .bind(&login.address)
            .bind(&login.agent)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Saves an existing login. Returns `false` if it was ended in the meantime: a slow request must not revive it.
    pub async fn update_login(&mut self, id_hash: &[u8], login: &Login) -> Result<bool> {
        const SQL: &str = "UPDATE logins SET account_id = $2, sign_on = $3, data = $4, expires_at = $5, seen_at = $6, \
             address = $7, agent = $8 WHERE id_hash = $1";
        let saved = run!(self.on(), |c| sqlx::query(SQL)
            .bind(id_hash)
            .bind(login.account_id)
            .bind(login.upstream_session)
            .bind(&login.data)
            .bind(login.expires_at)
            .bind(login.seen_at)
            .bind(&login.address)
            .bind(&login.agent)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(saved == 1)
    }

    /// Replaces a login's secret and records the account's role with it. The previous secret can then only end the
    /// login. Returns `false` if the login was ended in the meantime.
    pub async fn renew_login(&mut self, id_hash: &[u8], fresh_hash: &[u8]) -> Result<bool> {
        const SQL: &str = "UPDATE logins SET id_hash = $2, previous_hash = $1, \
             role = (SELECT a.role FROM accounts a WHERE a.id = logins.account_id) WHERE id_hash = $1";
        let renewed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(id_hash)
            .bind(fresh_hash)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(renewed == 1)
    }

    /// Ends a login, by its current or previous secret. Returns its account.
    pub async fn delete_login(&mut self, id_hash: &[u8]) -> Result<Option<Uuid>> {
        const SQL: &str = "DELETE FROM logins WHERE id_hash = $1 OR previous_hash = $1 RETURNING account_id";
        let ended: Option<Option<Uuid>> =
            run!(self.on(), |c| sqlx::query_scalar(SQL).bind(id_hash).fetch_optional(c).await)?;
        Ok(ended.flatten())
    }

    /// Ends the login with this id. Returns its account.
    pub async fn delete_login_of_id(&mut self, id: Uuid) -> Result<Option<Uuid>> {
        const SQL: &str = "DELETE FROM logins WHERE id = $1 RETURNING account_id";
        let ended: Option<Option<Uuid>> =
            run!(self.on(), |c| sqlx::query_scalar(SQL).bind(id).fetch_optional(c).await)?;
        Ok(ended.flatten())
    }

    /// Ends every login of an account except the one with this id. Returns their number.
    pub async fn delete_logins_of(&mut self, account: Uuid, but: Option<Uuid>) -> Result<u64> {
        const SQL: &str = "DELETE FROM logins WHERE account_id = $1 AND (id IS NULL OR id <> $2)";
        let but = but.unwrap_or_default();
        Ok(run!(self.on(), |c| sqlx::query(SQL)
            .bind(account)
            .bind(but)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?)
    }

    /// Deletes the logins that have expired. Returns their number.
    pub async fn delete_expired_logins(&mut self, now: DateTime<Utc>) -> Result<u64> {
        const SQL: &str = "DELETE FROM logins WHERE expires_at <= $1";
        Ok(run!(self.on(), |c| sqlx::query(SQL).bind(now).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
