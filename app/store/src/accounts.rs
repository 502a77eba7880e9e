//! People who may sign in to the admin app.

use chrono::{DateTime, Utc};
use licensing::Role;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

mod invitations;
mod links;

pub use invitations::Invitation;
pub use links::{AccountLink, LinkPurpose};

/// A person who may sign in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// The person's name.
    pub name: String,
    /// Their address, in lower case, by which they sign in.
    pub email: String,
    /// What they may do.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// Argon2id, as a PHC string.
    pub password_hash: Option<String>,
    /// Sign-ins that failed since the last that did not.
    pub failures: i64,
    /// When the last of them failed.
    pub failed_at: Option<DateTime<Utc>>,
    /// Since when the account may not sign in.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Number of the last change of role, address or state; 1 after it was made.
    pub revision: i64,
}

/// An account, and what is going on with it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountRow {
    /// The account.
    #[sqlx(flatten)]
    pub account: Account,
    /// Logins that are good now; none is `None`.
    pub logins: Option<i64>,
    /// When one of them was last seen.
    pub seen_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// The account of that id.
    pub async fn account(&mut self, id: Uuid) -> Result<Option<Account>> {
        const SQL: &str = "SELECT id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at, revision \
             FROM accounts WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// The account that signs in with this address, in canonical form.
    pub async fn account_by_email(&mut self, email: &str) -> Result<Option<Account>> {
        const SQL: &str = "SELECT id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at, revision \
             FROM accounts WHERE email = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(email).fetch_optional(&mut **c).await)?)
    }

    /// Every account, by name, with when it was last seen and how many logins it has at `now`.
    pub async fn accounts(&mut self, now: DateTime<Utc>) -> Result<Vec<AccountRow>> {
        const SQL: &str = "SELECT a.id, a.name, a.email, a.role, a.password_hash, a.failures, a.failed_at, \
             a.disabled_at, a.created_at, a.revision, l.logins, l.seen_at FROM accounts a LEFT JOIN (SELECT account_id, \
             COUNT(*) AS logins, MAX(COALESCE(seen_at, created_at)) AS seen_at FROM logins WHERE expires_at > $1 \
             GROUP BY account_id) l ON l.account_id = a.id ORDER BY LOWER(a.name), a.id";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(now).fetch_all(&mut **c).await)?)
    }

    /// How many owners may sign in.
    pub async fn count_owners(&mut self) -> Result<i64> {
        const SQL: &str = "SELECT COUNT(*) FROM accounts WHERE role = 'owner' AND disabled_at IS NULL";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_one(&mut **c).await)?)
    }

    /// Whether anybody owns this server yet.
    pub async fn has_owner(&mut self) -> Result<bool> {
        const SQL: &str = "SELECT COUNT(*) FROM accounts WHERE role = 'owner'";
        let owners: i64 = run!(self, |c| sqlx::query_scalar(SQL).fetch_one(&mut **c).await)?;
        Ok(owners > 0)
    }
}

impl Tx {
    /// Writes a new account. `Conflict(AccountEmail)` where the address is taken.
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

    /// Counts a sign-in that failed.
    pub async fn count_sign_in_failure(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET failures = failures + 1, failed_at = $2 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Forgets the failures, after a sign-in that did not fail.
    pub async fn forget_sign_in_failures(&mut self, id: Uuid) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET failures = 0, failed_at = NULL WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(id).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Replaces the address that the account signs in with. `Conflict(AccountEmail)` where it is taken.
    pub async fn set_account_email(&mut self, id: Uuid, email: &str) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET email = $2, revision = revision + 1 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(email).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Replaces the password hash, as when it is made anew with stronger settings.
    pub async fn set_password_hash(&mut self, id: Uuid, hash: &str) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET password_hash = $2 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(hash).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Keeps every other transaction that changes who may do what waiting until this one ends, so that what was counted
    /// stays true. SQLite's one writer is lock enough.
    pub async fn lock_accounts(&mut self) -> Result<()> {
        match self.on() {
            Connection::Sqlite(_) => {}
            Connection::Postgres(c) => {
                sqlx::query("LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
            }
        }
        Ok(())
    }

    /// The account of that id, whose role and state nobody changes until this transaction ends. Other transactions may hold it
    /// at the same time. To be called after every other lock.
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

    /// The account of that id, which nobody changes until this transaction ends.
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

    /// Gives the account another role.
    pub async fn set_role(&mut self, id: Uuid, role: Role) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET role = $2, revision = revision + 1 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(role.name()).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Lets the account sign in no more since `at`, or again.
    pub async fn set_disabled(&mut self, id: Uuid, at: Option<DateTime<Utc>>) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET disabled_at = $2, revision = revision + 1 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(at).execute(c).await.map(drop))?;
        Ok(())
    }
}
