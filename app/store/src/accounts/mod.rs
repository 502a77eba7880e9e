//! Accounts of the admin app.

use chrono::{DateTime, Utc};
use licensing::Role;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run, error::affected_one};

mod invitations;
mod links;

pub use invitations::Invitation;
pub use links::{AccountLink, LinkPurpose};

/// An account: a person of the vendor's staff.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    /// Id.
    pub id: Uuid,
    /// Name of the person.
    pub name: String,
    /// E-mail address to sign in with, in canonical form.
    pub email: String,
    /// Role.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// Argon2id hash as a PHC string; `None` without a password.
    pub password_hash: Option<String>,
    /// Number of failed sign-ins since the last successful one.
    pub failures: i64,
    /// Time of the last failed sign-in.
    pub failed_at: Option<DateTime<Utc>>,
    /// Time from which the account may not sign in; `None` if it is enabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Revision of role, address and state; 1 for a new account.
    pub revision: i64,
}

/// An account with its logins.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountRow {
    /// Account.
    #[sqlx(flatten)]
    pub account: Account,
    /// Number of valid logins; `None` if there are none.
    pub logins: Option<i64>,
    /// Last use of any of these logins.
    pub seen_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// Returns the account with this id.
    pub async fn account(&mut self, id: Uuid) -> Result<Option<Account>> {
        const SQL: &str = "SELECT id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at, revision \
             FROM accounts WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// Returns the account with this e-mail address, in canonical form.
    pub async fn account_by_email(&mut self, email: &str) -> Result<Option<Account>> {
        const SQL: &str = "SELECT id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at, revision \
             FROM accounts WHERE email = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(email).fetch_optional(&mut **c).await)?)
    }

    /// Returns every account, ordered by name, with its last use and its number of logins at `now`.
    pub async fn accounts(&mut self, now: DateTime<Utc>) -> Result<Vec<AccountRow>> {
        const SQL: &str = "SELECT a.id, a.name, a.email, a.role, a.password_hash, a.failures, a.failed_at, \
             a.disabled_at, a.created_at, a.revision, l.logins, l.seen_at FROM accounts a LEFT JOIN (SELECT account_id, \
             COUNT(*) AS logins, MAX(COALESCE(seen_at, created_at)) AS seen_at FROM logins WHERE expires_at > $1 \
             GROUP BY account_id) l ON l.account_id = a.id ORDER BY LOWER(a.name), a.id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(now).fetch_all(&mut **c).await)?)
    }

    /// Returns the number of owners that may sign in.
    pub async fn count_owners(&mut self) -> Result<i64> {
        const SQL: &str = "SELECT COUNT(*) FROM accounts WHERE role = 'owner' AND disabled_at IS NULL";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_one(&mut **c).await)?)
    }

    /// Returns `true` if this server has an owner, even a disabled one.
    pub async fn has_owner(&mut self) -> Result<bool> {
        const SQL: &str = "SELECT COUNT(*) FROM accounts WHERE role = 'owner'";
        let owners: i64 = run!(self, |c| sqlx::query_scalar(SQL).fetch_one(&mut **c).await)?;
        Ok(owners > 0)
    }
}

impl Tx {
    /// Inserts an account. Returns `Conflict(AccountEmail)` if the address is taken.
    pub async fn insert_account(&mut self, account: &Account) -> Result<()> {
        const SQL: &str = "INSERT INTO accounts \
             (id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at, revision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(account.id)
            .bind(&account.name)
            .bind(&account.email)
            .bind(account.role.name())
            .bind(&account.password_hash)
            .bind(account.failures)
            .bind(account.failed_at)
            .bind(account.disabled_at)
            .bind(account.created_at)
            .bind(account.revision)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Counts a failed sign-in.
    pub async fn count_sign_in_failure(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET failures = failures + 1, failed_at = $2 WHERE id = $1";
        let changed =
            run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
        affected_one(changed, "accounts", id)
    }

    /// Resets the failure count after a successful sign-in.
    pub async fn forget_sign_in_failures(&mut self, id: Uuid) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET failures = 0, failed_at = NULL WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
        affected_one(changed, "accounts", id)
    }

    /// Replaces the account's e-mail address. Returns `Conflict(AccountEmail)` if it is taken.
    pub async fn set_account_email(&mut self, id: Uuid, email: &str) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET email = $2, revision = revision + 1 WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(id)
            .bind(email)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "accounts", id)
    }

    /// Replaces the password hash, for example to rehash with stronger parameters.
    pub async fn set_password_hash(&mut self, id: Uuid, hash: &str) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET password_hash = $2 WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(id)
            .bind(hash)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "accounts", id)
    }

    /// Blocks every other transaction that changes accounts until this one ends, so that a count of owners stays true.
    /// On SQLite the single writer is lock enough.
    pub async fn lock_accounts(&mut self) -> Result<()> {
        match self.on() {
            Connection::Sqlite(_) => {}
            Connection::Postgres(c) => {
                sqlx::query("LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
            }
        }
        Ok(())
    }

    /// Returns the account with this id, and prevents changes to it until this transaction ends. Other transactions may
    /// hold it at the same time. Call this after taking every other lock.
    pub async fn hold_account(&mut self, id: Uuid) -> Result<Option<Account>> {
        const SQLITE: &str = "SELECT id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at, revision \
             FROM accounts WHERE id = $1";
        const POSTGRES: &str = "SELECT id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at, revision \
             FROM accounts WHERE id = $1 FOR SHARE";
        Ok(match self.on() {
            Connection::Sqlite(c) => sqlx::query_as(SQLITE).bind(id).fetch_optional(c).await?,
            Connection::Postgres(c) => sqlx::query_as(POSTGRES).bind(id).fetch_optional(c).await?,
        })
    }

    /// Returns the account with this id, locked until this transaction ends.
    pub async fn lock_account(&mut self, id: Uuid) -> Result<Option<Account>> {
        const SQLITE: &str = "SELECT id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at, revision \
             FROM accounts WHERE id = $1";
        const POSTGRES: &str = "SELECT id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at, revision \
             FROM accounts WHERE id = $1 FOR UPDATE";
        Ok(match self.on() {
            Connection::Sqlite(c) => sqlx::query_as(SQLITE).bind(id).fetch_optional(c).await?,
            Connection::Postgres(c) => sqlx::query_as(POSTGRES).bind(id).fetch_optional(c).await?,
        })
    }

    /// Sets the role of an account.
    pub async fn set_role(&mut self, id: Uuid, role: Role) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET role = $2, revision = revision + 1 WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(id)
            .bind(role.name())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "accounts", id)
    }

    /// Disables an account as of `at`, or enables it again with `None`.
    pub async fn set_disabled(&mut self, id: Uuid, at: Option<DateTime<Utc>>) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET disabled_at = $2, revision = revision + 1 WHERE id = $1";
        let changed =
            run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(at).execute(c).await.map(|done| done.rows_affected()))?;
        affected_one(changed, "accounts", id)
    }
}
