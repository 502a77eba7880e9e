//! Upstream sessions of logins at their identity providers.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// Upstream session of a login at its identity provider.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UpstreamSession {
    /// Id, taken from the sign-in attempt, so that an attempt can be used only once.
    pub id: Uuid,
    /// Account that is signed in.
    pub account_id: Uuid,
    /// Name of the provider in the settings.
    pub provider: String,
    /// Issuer (`iss`).
    pub issuer: String,
    /// Subject (`sub`).
    pub subject: String,
    /// Session id at the provider (`sid`), if it stated one.
    pub sid: Option<String>,
    /// Tokens of the provider, sealed.
    pub sealed: Vec<u8>,
    /// Time of sign-in.
    pub signed_in_at: DateTime<Utc>,
    /// Time of the last check with the provider.
    pub checked_at: DateTime<Utc>,
    /// Time at which it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Connection<'_> {
    /// Returns the upstream session with this id.
    pub async fn upstream_session(&mut self, id: Uuid) -> Result<Option<UpstreamSession>> {
        const SQL: &str = "SELECT id, account_id, provider, issuer, subject, sid, sealed, signed_in_at, checked_at, ended_at \
             FROM sign_ons WHERE id = $1";
        Ok(run!(self, |c| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **c).await)?)
    }
}

impl Tx {
    /// Inserts an upstream session. Returns `Conflict(Id)` if its attempt was already used.
    pub async fn insert_upstream_session(&mut self, upstream_session: &UpstreamSession) -> Result<()> {
        const SQL: &str = "INSERT INTO sign_ons \
             (id, account_id, provider, issuer, subject, sid, sealed, signed_in_at, checked_at, ended_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(upstream_session.id)
            .bind(upstream_session.account_id)
            .bind(&upstream_session.provider)
            .bind(&upstream_session.issuer)
            .bind(&upstream_session.subject)
            .bind(&upstream_session.sid)
            .bind(&upstream_session.sealed)
            .bind(upstream_session.signed_in_at)
            .bind(upstream_session.checked_at)
            .bind(upstream_session.ended_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Claims the next check with the provider, if the last one was at `before`. Until the provider answers, `at`
    /// counts as the time of the check. Returns `false` if another request has claimed it: only one may check, since a
    /// refresh token that is used twice becomes invalid.
    pub async fn claim_check(&mut self, id: Uuid, before: DateTime<Utc>, at: DateTime<Utc>) -> Result<bool> {
        const SQL: &str = "UPDATE sign_ons SET checked_at = $3 WHERE id = $1 AND checked_at = $2 AND ended_at IS NULL";
        let claimed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(id)
            .bind(before)
            .bind(at)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(claimed == 1)
    }

    /// Records an answer of the provider.
    pub async fn note_check(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<()> {
        const SQL: &str = "UPDATE sign_ons SET checked_at = $2 WHERE id = $1 AND ended_at IS NULL";
        run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Stores fresh tokens of an upstream session.
    pub async fn put_sealed_tokens(&mut self, id: Uuid, sealed: &[u8]) -> Result<()> {
        const SQL: &str = "UPDATE sign_ons SET sealed = $2 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(sealed).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Ends an upstream session and its logins. Returns the number of logins.
    pub async fn end_upstream_session(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<u64> {
        const LOGINS: &str = "DELETE FROM logins WHERE sign_on = $1";
        const SQL: &str = "UPDATE sign_ons SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
        let ended =
            run!(self.on(), |c| sqlx::query(LOGINS).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
        run!(self.on(), |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(drop))?;
        Ok(ended)
    }

    /// Ends the upstream sessions of a subject, or with one `sid`, and their logins. Returns the number of logins.
    pub async fn end_upstream_sessions_of(
        &mut self,
        issuer: &str,
        subject: Option<&str>,
        sid: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<u64> {
        const LOGINS: &str = "DELETE FROM logins WHERE sign_on IN (SELECT id FROM sign_ons \
             WHERE issuer = $1 AND (CAST($2 AS TEXT) IS NULL OR subject = $2) AND (CAST($3 AS TEXT) IS NULL OR sid = $3))";
        const SQL: &str = "UPDATE sign_ons SET ended_at = $4 WHERE ended_at IS NULL \
             AND issuer = $1 AND (CAST($2 AS TEXT) IS NULL OR subject = $2) AND (CAST($3 AS TEXT) IS NULL OR sid = $3)";
        if subject.is_none() && sid.is_none() {
            return Ok(0);
        }
        let ended = run!(self.on(), |c| sqlx::query(LOGINS)
            .bind(issuer)
            .bind(subject)
            .bind(sid)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(issuer)
            .bind(subject)
            .bind(sid)
            .bind(now)
            .execute(c)
            .await
            .map(drop))?;
        Ok(ended)
    }

    /// Ends every login of an account, and its upstream sessions. Returns the number of logins.
    pub async fn end_logins_of(&mut self, account: Uuid, now: DateTime<Utc>) -> Result<u64> {
        const LOGINS: &str = "DELETE FROM logins WHERE account_id = $1";
        const SQL: &str = "UPDATE sign_ons SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL";
        let ended =
            run!(self.on(), |c| sqlx::query(LOGINS).bind(account).execute(c).await.map(|done| done.rows_affected()))?;
        run!(self.on(), |c| sqlx::query(SQL).bind(account).bind(now).execute(c).await.map(drop))?;
        Ok(ended)
    }

    /// Marks a logout token as used, until the time at which it can no longer be sent. Returns `false` if it was
    /// already used.
    pub async fn use_logout_token(&mut self, issuer: &str, jti: &str, until: DateTime<Utc>) -> Result<bool> {
        const SQL: &str = "INSERT INTO logout_tokens (issuer, jti, until) VALUES ($1, $2, $3) \
             ON CONFLICT (issuer, jti) DO NOTHING";
        let used = run!(self.on(), |c| sqlx::query(SQL)
            .bind(issuer)
            .bind(jti)
            .bind(until)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(used == 1)
    }

    /// Deletes upstream sessions that began before `before` and have no login, and logout tokens that ended before
    /// `now`. Returns the number of upstream sessions deleted.
    pub async fn sweep_upstream_sessions(&mut self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64> {
        const UPSTREAM_SESSIONS: &str = "DELETE FROM sign_ons WHERE signed_in_at < $1 \
             AND NOT EXISTS (SELECT 1 FROM logins WHERE logins.sign_on = sign_ons.id)";
        const TOKENS: &str = "DELETE FROM logout_tokens WHERE until < $1";
        run!(self.on(), |c| sqlx::query(TOKENS).bind(now).execute(c).await.map(drop))?;
        Ok(run!(self.on(), |c| sqlx::query(UPSTREAM_SESSIONS)
            .bind(before)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?)
    }
}
