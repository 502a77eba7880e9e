//! People who may sign in to the admin app.

use chrono::{DateTime, Utc};
use licensing::Role;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

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
}

impl Connection<'_> {
    /// The account of that id.
    pub async fn account(&mut self, id: Uuid) -> Result<Option<Account>> {
        const SQL: &str = "SELECT id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at \
             FROM accounts WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// The account that signs in with this address (in lower case).
    pub async fn account_by_email(&mut self, email: &str) -> Result<Option<Account>> {
        const SQL: &str = "SELECT id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at \
             FROM accounts WHERE email = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(email).fetch_optional(&mut **c).await)?)
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
             (id, name, email, role, password_hash, failures, failed_at, disabled_at, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
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

    /// Replaces the password hash, as when it is made anew with stronger settings.
    pub async fn set_password_hash(&mut self, id: Uuid, hash: &str) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET password_hash = $2 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(hash).execute(c).await.map(drop))?;
        Ok(())
    }
}
