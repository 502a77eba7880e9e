//! Upstream sessions: the session at the identity provider that a login belongs to, and how it ends.

use std::fmt;

use chrono::{DateTime, Utc};
use licensing::{EventKind, Span, SubjectKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Actor, Error, Identities, Origin, Result,
    audit::{Record, Subject},
    crypto::vault::{Purpose, SealedCookie},
};

/// Time for which an upstream session without logins is remembered. Longer than a sign-in attempt lasts, so that no
/// attempt can be used twice.
const REMEMBERED: Span = Span::hours(1);
/// Time for which a used logout token is remembered. Longer than a logout token is accepted after its issue.
const LOGOUT_TOKEN: Span = Span::hours(1);

/// A sign-in that has just succeeded at an identity provider.
#[derive(Clone, Debug)]
pub struct NewUpstreamSession {
    /// Id of the sign-in attempt.
    pub attempt: Uuid,
    /// Name of the provider in the settings.
    pub provider: String,
    /// The provider's session id (`sid`), if it sent one.
    pub sid: Option<String>,
    /// Tokens from the provider.
    pub tokens: ProviderTokens,
}

/// Tokens from an identity provider. Stored encrypted.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct ProviderTokens {
    /// ID token, sent as a hint when signing out at the provider.
    pub id_token: String,
    /// Access token for the provider's userinfo endpoint.
    pub access_token: Option<String>,
    /// Expiry of the access token, if the provider stated it.
    pub access_ends_at: Option<DateTime<Utc>>,
    /// Refresh token.
    pub refresh_token: Option<String>,
}

impl fmt::Debug for ProviderTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderTokens(secret)")
    }
}

/// The session at the identity provider that a login belongs to.
#[derive(Clone, Debug)]
pub struct UpstreamSession {
    /// Id of the upstream session.
    pub id: Uuid,
    /// Name of the provider in the settings.
    pub provider: String,
    /// Issuer (`iss`) of the provider.
    pub issuer: String,
    /// Subject (`sub`) of the person at the provider.
    pub subject: String,
    /// Tokens from the provider.
    pub tokens: ProviderTokens,
    /// Time of the sign-in.
    pub signed_in_at: DateTime<Utc>,
    /// Time of the last check with the provider.
    pub checked_at: DateTime<Utc>,
}

impl Identities {
    /// The upstream session with that id, unless it has ended.
    pub async fn upstream_session(&self, id: Uuid) -> Result<Option<UpstreamSession>> {
        let row = self.store.read().await?.on().upstream_session(id).await?;
        let Some(row) = row.filter(|row| row.ended_at.is_none()) else { return Ok(None) };
        let tokens = self.vault.open(Purpose::UpstreamSession, &row.sealed)?;
        Ok(Some(UpstreamSession {
            id: row.id,
            provider: row.provider,
            issuer: row.issuer,
            subject: row.subject,
            tokens: serde_json::from_slice(&tokens).map_err(Error::defect)?,
            signed_in_at: row.signed_in_at,
            checked_at: row.checked_at,
        }))
    }

    /// Claims the next check of an upstream session with its provider, so that no other request makes it; `at` counts
    /// as the time of the last check until there is an answer. `false` if another request has claimed it.
    pub async fn claim_check(&self, upstream_session: &UpstreamSession, at: DateTime<Utc>) -> Result<bool> {
        let mut tx = self.store.begin().await?;
        let claimed = tx.claim_check(upstream_session.id, upstream_session.checked_at, at).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// Stores new tokens of an upstream session.
    pub async fn put_tokens(&self, id: Uuid, tokens: &ProviderTokens) -> Result<()> {
        let sealed = self.seal_tokens(tokens)?;
        let mut tx = self.store.begin().await?;
        tx.put_sealed_tokens(id, &sealed).await?;
        Ok(tx.commit().await?)
    }

    /// Ends an upstream session and its logins. If the provider ended it, `why` gives the reason and an event is
    /// recorded.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn end_upstream_session(&self, id: Uuid, why: Option<&str>, origin: Origin) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        let row = tx.on().upstream_session(id).await?;
        tx.end_upstream_session(id, now).await?;
        if let Some((row, why)) = row.filter(|row| row.ended_at.is_none()).zip(why) {
            let name = tx.on().account(row.account_id).await?.map(|account| account.name).unwrap_or_default();
            let actor = Actor { origin, ..Actor::server() };
            let subject = Subject::new(SubjectKind::Account, row.account_id, name);
            let ended = Record::new(&actor, EventKind::AccountSignedOut, subject).because(Some(why.to_owned()));
            ended.write(&mut tx, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Ends the logins of a person at their provider's request: all of them, or those of one of its sessions. Returns
    /// their number.
    ///
    /// # Errors
    /// `Conflict` if the logout token with this `jti` has already been used.
    #[tracing::instrument(skip_all)]
    pub async fn sign_out_at_provider(
        &self,
        issuer: &str,
        (subject, sid): (Option<&str>, Option<&str>),
        jti: &str,
        origin: Origin,
    ) -> Result<u64> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        if !tx.use_logout_token(issuer, jti, LOGOUT_TOKEN.after(now)).await? {
            return Err(Error::Conflict("This logout token was already used.".to_owned()));
        }
        let ended = tx.end_upstream_sessions_of(issuer, subject, sid, now).await?;
        if ended > 0 {
            let actor = Actor { origin, ..Actor::server() };
            let name = subject.or(sid).unwrap_or_default();
            let subject = Subject { kind: SubjectKind::Account, id: None, name: name.to_owned(), license_id: None };
            let why = Some("the identity provider says that they signed out".to_owned());
            Record::new(&actor, EventKind::AccountSignedOut, subject).because(why).write(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// Records that a logout token was refused, and why, at most a few times a minute. `provider` is one from the
    /// settings.
    pub async fn note_refused_logout(&self, provider: &str, why: &str, origin: Origin) -> Result<()> {
        let now = self.clock.now();
        if !self.refused_logouts.allows(provider, now) {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        let actor = Actor::anonymous("somebody", origin);
        let subject = Subject { kind: SubjectKind::Provider, id: None, name: provider.to_owned(), license_id: None };
        let refused = Record::new(&actor, EventKind::AccountSignOutRefused, subject).because(Some(why.to_owned()));
        refused.write(&mut tx, now).await?;
        Ok(tx.commit().await?)
    }

    /// Deletes old upstream sessions that no login belongs to, and logout tokens that no longer need to be remembered.
    /// Returns the number of upstream sessions.
    pub async fn sweep_upstream_sessions(&self) -> Result<u64> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        let swept = tx.sweep_upstream_sessions(REMEMBERED.before(now), now).await?;
        tx.commit().await?;
        Ok(swept)
    }

    /// Encrypts a value that a browser keeps, as the text of a cookie.
    pub fn seal_cookie(&self, of: SealedCookie, what: &impl Serialize) -> Result<String> {
        let json = serde_json::to_vec(what).map_err(Error::defect)?;
        self.vault.seal_cookie(of, &json)
    }

    /// Decrypts a value that a browser sent. `None` unless this server sealed it for the same use.
    pub fn open_cookie<T: for<'a> Deserialize<'a>>(&self, of: SealedCookie, text: &str) -> Option<T> {
        let json = self.vault.open_cookie(of, text)?;
        serde_json::from_slice(&json).ok()
    }
}
