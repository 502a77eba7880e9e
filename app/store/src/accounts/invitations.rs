//! Invitations: who may come in, and as what.

use chrono::{DateTime, Utc};
use licensing::Role;
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Invitation {
    /// Its id.
    pub id: Uuid,
    /// Whom it is for: an address in lower case.
    pub email: String,
    /// As what.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// Who invited: the name at the time.
    pub invited_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when it may be taken.
    pub expires_at: DateTime<Utc>,
}

impl Connection<'_> {
    /// The invitations that may be taken at `now`, youngest first.
    pub async fn open_invitations(&mut self, now: DateTime<Utc>) -> Result<Vec<Invitation>> {
        const SQL: &str = "SELECT id, email, role, invited_by, created_at, expires_at FROM invitations \
             WHERE accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $1 ORDER BY id DESC";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(now).fetch_all(&mut **c).await)?)
    }

    /// The invitation of that id, if it may be taken at `now`.
    pub async fn open_invitation(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<Option<Invitation>> {
        const SQL: &str = "SELECT id, email, role, invited_by, created_at, expires_at FROM invitations \
             WHERE accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $1 AND id = $2";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(now).bind(id).fetch_optional(&mut **c).await)?)
    }

    /// The invitation for that address, in canonical form, if one may be taken at `now`.
    pub async fn invitation_for(&mut self, email: &str, now: DateTime<Utc>) -> Result<Option<Invitation>> {
        const SQL: &str = "SELECT id, email, role, invited_by, created_at, expires_at FROM invitations \
             WHERE accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $1 AND email = $2 \
             ORDER BY id DESC LIMIT 1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(now).bind(email).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Writes an invitation.
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

    /// Replaces the address that was invited.
    pub async fn set_invitation_email(&mut self, id: Uuid, email: &str) -> Result<()> {
        const SQL: &str = "UPDATE invitations SET email = $2 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(email).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Notes that it was taken. `false` where it may not be taken (any more): of two who try, one succeeds.
    pub async fn accept_invitation(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<bool> {
        const SQL: &str = "UPDATE invitations SET accepted_at = $2 \
             WHERE id = $1 AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $2";
        let taken =
            run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(taken == 1)
    }

    /// Takes every open invitation of that address back; how many there were.
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
