//! Invitations to create an account.

use chrono::{DateTime, Utc};
use licensing::Role;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run, error::affected_one};

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Invitation {
    /// Id.
    pub id: Uuid,
    /// E-mail address of the invited person, in canonical form.
    pub email: String,
    /// Role of the new account.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// Name of the account that invited, at the time.
    pub invited_by: String,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// End of validity.
    pub expires_at: DateTime<Utc>,
}

impl Connection<'_> {
    /// Returns the invitations that are open at `now`, newest first.
    pub async fn open_invitations(&mut self, now: DateTime<Utc>) -> Result<Vec<Invitation>> {
        const SQL: &str = "SELECT id, email, role, invited_by, created_at, expires_at FROM invitations \
             WHERE accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $1 ORDER BY id DESC";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(now).fetch_all(&mut **c).await)?)
    }

    /// Returns the invitation with this id if it is open at `now`.
    pub async fn open_invitation(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<Option<Invitation>> {
        const SQL: &str = "SELECT id, email, role, invited_by, created_at, expires_at FROM invitations \
             WHERE accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $1 AND id = $2";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(now).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// Returns the newest invitation for this address, in canonical form, that is open at `now`.
    pub async fn invitation_for(&mut self, email: &str, now: DateTime<Utc>) -> Result<Option<Invitation>> {
        const SQL: &str = "SELECT id, email, role, invited_by, created_at, expires_at FROM invitations \
             WHERE accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $1 AND email = $2 \
             ORDER BY id DESC LIMIT 1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(now).bind(email).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts an invitation.
    pub async fn insert_invitation(&mut self, invitation: &Invitation) -> Result<()> {
        const SQL: &str = "INSERT INTO invitations (id, email, role, invited_by, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(invitation.id)
            .bind(&invitation.email)
            .bind(invitation.role.name())
            .bind(&invitation.invited_by)
            .bind(invitation.created_at)
            .bind(invitation.expires_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Replaces the invited address.
    pub async fn set_invitation_email(&mut self, id: Uuid, email: &str) -> Result<()> {
        const SQL: &str = "UPDATE invitations SET email = $2 WHERE id = $1";
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(id)
            .bind(email)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "invitations", id)
    }

    /// Marks an invitation as accepted. Returns `false` if it is not open: of two concurrent attempts, one succeeds.
    pub async fn accept_invitation(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<bool> {
        const SQL: &str = "UPDATE invitations SET accepted_at = $2 \
             WHERE id = $1 AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $2";
        let taken =
            run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(taken == 1)
    }

    /// Withdraws every invitation for this address that was not accepted. Returns their number.
    pub async fn withdraw_invitations(&mut self, email: &str, now: DateTime<Utc>) -> Result<u64> {
        const SQL: &str = "UPDATE invitations SET withdrawn_at = $2 \
             WHERE email = $1 AND accepted_at IS NULL AND withdrawn_at IS NULL";
        Ok(run!(self.on(), |c| sqlx::query(SQL)
            .bind(email)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?)
    }
}
