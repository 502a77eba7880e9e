//! Identities of accounts at identity providers.

use chrono::{DateTime, Utc};
use licensing::Role;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run, error::affected_one};

/// An identity: an issuer and a subject (OpenID Connect Core §2), never assigned to another person.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Identity {
    /// Issuer (`iss`).
    pub issuer: String,
    /// Subject (`sub`).
    pub subject: String,
    /// Account of the identity.
    pub account_id: Uuid,
    /// E-mail address that the provider last stated, verified or not.
    pub email: Option<String>,
    /// Time of the first sign-in.
    pub created_at: DateTime<Utc>,
    /// Time of the last sign-in.
    pub last_at: DateTime<Utc>,
}

impl Connection<'_> {
    /// Returns the identity with this issuer and subject.
    pub async fn identity(&mut self, issuer: &str, subject: &str) -> Result<Option<Identity>> {
        const SQL: &str = "SELECT issuer, subject, account_id, email, created_at, last_at \
             FROM identities WHERE issuer = $1 AND subject = $2";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(issuer).bind(subject).fetch_optional(&mut **c).await)?)
    }

    /// Returns the identities of an account, oldest first.
    pub async fn identities_of(&mut self, account: Uuid) -> Result<Vec<Identity>> {
        const SQL: &str = "SELECT issuer, subject, account_id, email, created_at, last_at \
             FROM identities WHERE account_id = $1 ORDER BY created_at, issuer, subject";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(account).fetch_all(&mut **c).await)?)
    }

    /// Returns the issuers at which enabled owners have identities, each with the account's id.
    pub async fn identities_of_owners(&mut self) -> Result<Vec<(Uuid, String)>> {
        const SQL: &str = "SELECT DISTINCT a.id, i.issuer FROM identities i JOIN accounts a ON a.id = i.account_id \
             WHERE a.role = 'owner' AND a.disabled_at IS NULL";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_all(&mut **c).await)?)
    }

    /// Returns the role that the provider's claims last gave an account; `None` if they never did.
    pub async fn mapped_role(&mut self, account: Uuid) -> Result<Option<Role>> {
        const SQL: &str = "SELECT mapped_role FROM accounts WHERE id = $1";
        let name: Option<Option<String>> =
            run!(self, |c| sqlx::query_scalar(SQL).bind(account).fetch_optional(&mut **c).await)?;
        Ok(name.flatten().as_deref().and_then(Role::from_name))
    }

    /// Returns `true` if an enabled owner other than this account exists.
    pub async fn has_other_owner(&mut self, account: Uuid) -> Result<bool> {
        const SQL: &str =
            "SELECT EXISTS (SELECT 1 FROM accounts WHERE role = 'owner' AND disabled_at IS NULL AND id <> $1)";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(account).fetch_one(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts an identity. Returns `Conflict(Id)` if it already belongs to an account.
    pub async fn insert_identity(&mut self, identity: &Identity) -> Result<()> {
        const SQL: &str = "INSERT INTO identities (issuer, subject, account_id, email, created_at, last_at) \
             VALUES ($1, $2, $3, $4, $5, $6)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(&identity.issuer)
            .bind(&identity.subject)
            .bind(identity.account_id)
            .bind(&identity.email)
            .bind(identity.created_at)
            .bind(identity.last_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Records a sign-in, with the e-mail address that the provider stated.
    pub async fn note_identity(
        &mut self,
        issuer: &str,
        subject: &str,
        email: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        const SQL: &str = "UPDATE identities SET email = $3, last_at = $4 WHERE issuer = $1 AND subject = $2";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(issuer)
            .bind(subject)
            .bind(email)
            .bind(now)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Deletes an identity of an account. Returns `false` if it is not the account's.
    pub async fn delete_identity(&mut self, account: Uuid, issuer: &str, subject: &str) -> Result<bool> {
        const SQL: &str = "DELETE FROM identities WHERE account_id = $1 AND issuer = $2 AND subject = $3";
        let gone = run!(self.on(), |c| sqlx::query(SQL)
            .bind(account)
            .bind(issuer)
            .bind(subject)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(gone == 1)
    }

    /// Sets the role that the provider's claims give an account.
    pub async fn map_role(&mut self, account: Uuid, role: Role) -> Result<()> {
        const SQL: &str = "UPDATE accounts SET role = $2, mapped_role = $2, \
             revision = revision + CASE WHEN role = $2 THEN 0 ELSE 1 END WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(account)
            .bind(role.name())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "accounts", account)
    }
}
