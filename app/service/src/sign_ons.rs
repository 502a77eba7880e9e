//! Sign-ons: what a login has at its identity provider, and how it ends there.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use licensing::Span;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Actor, Error, Origin, Result, Service,
    record::{Record, Subject},
    vault::Purpose,
};

/// How long a sign-on without logins is remembered: longer than an attempt to sign in lasts, so that none comes twice.
const REMEMBERED: Span = Span::hours(1);
/// How long a logout token is remembered: longer than one is accepted after it was made.
const LOGOUT_TOKEN: Span = Span::hours(1);

/// A sign-in that has just succeeded at a provider.
#[derive(Clone, Debug)]
pub struct NewSignOn {
    /// The attempt's id.
    pub attempt: Uuid,
    /// The provider's name in the settings.
    pub provider: String,
    /// The provider's own session, `sid`, where it told.
    pub sid: Option<String>,
    /// What it gave.
    pub tokens: ProviderTokens,
}

/// The tokens that a provider gave. Kept sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct ProviderTokens {
    /// The ID token, as a hint of whom to sign out.
    pub id_token: String,
    /// An access token, for the provider's own userinfo.
    pub access_token: Option<String>,
    /// When it ends, if the provider told.
    pub access_ends_at: Option<DateTime<Utc>>,
    /// What fresh ones are had with.
    pub refresh_token: Option<String>,
}

impl fmt::Debug for ProviderTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderTokens(secret)")
    }
}

/// What a login has at its provider.
#[derive(Clone, Debug)]
pub struct SignOn {
    /// Its id.
    pub id: Uuid,
    /// The provider's name in the settings.
    pub provider: String,
    /// The provider, `iss`.
    pub issuer: String,
    /// Who the person is there, `sub`.
    pub subject: String,
    /// What the provider gave.
    pub tokens: ProviderTokens,
    /// When the person signed in.
    pub signed_in_at: DateTime<Utc>,
    /// When the provider was last asked.
    pub checked_at: DateTime<Utc>,
}

/// What is kept in a browser under our seal, for nobody to read or change. One use cannot be taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keepsake {
    /// An attempt to sign in at a provider.
    Attempt,
    /// Where to sign out at a provider.
    SignOut,
    /// That an account was signed in to in this browser.
    Device,
    /// What a page keeps until the next one: tokens of links, secrets that are shown once.
    Kept,
}

/// How many failures are written down: so many at once, and one more every so often.
#[derive(Debug)]
pub(crate) struct Noted {
    each: Span,
    at_once: Span,
    forgiven_at: Mutex<Option<DateTime<Utc>>>,
}

impl Default for Noted {
    /// A hundred at once, and one more every ten seconds.
    fn default() -> Self {
        Self::of(100, Span::seconds(10))
    }
}

impl Noted {
    fn of(many: u64, each: Span) -> Self {
        Self { each, at_once: Span::seconds(each.as_seconds().saturating_mul(many)), forgiven_at: Mutex::default() }
    }

    pub(crate) fn allows(&self, now: DateTime<Utc>) -> bool {
        let mut forgiven_at = self.forgiven_at.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back forbids nothing for longer.
        let owed = forgiven_at.unwrap_or(now).clamp(now, self.at_once.after(now));
        let after = self.each.after(owed);
        let allowed = after <= self.at_once.after(now);
        *forgiven_at = Some(if allowed { after } else { owed });
        allowed
    }
}

/// How many refused logout tokens are written down, a provider: four at once, and three a minute. Whoever sends them need not
/// be the provider, so they have a bound of their own and take nothing from what is written of sign-ins.
#[derive(Debug, Default)]
pub(crate) struct NotedOf(Mutex<HashMap<String, Noted>>);

impl NotedOf {
    fn allows(&self, provider: &str, now: DateTime<Utc>) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(provider.to_owned()).or_insert_with(|| Noted::of(4, Span::seconds(20))).allows(now)
    }
}

impl Service {
    /// A sign-on that has not ended.
    pub async fn sign_on(&self, id: Uuid) -> Result<Option<SignOn>> {
        let row = self.store().read().await?.on().sign_on(id).await?;
        let Some(row) = row.filter(|row| row.ended_at.is_none()) else { return Ok(None) };
        let tokens = self.0.vault.open(Purpose::SignOn, &row.sealed)?;
        Ok(Some(SignOn {
            id: row.id,
            provider: row.provider,
            issuer: row.issuer,
            subject: row.subject,
            tokens: serde_json::from_slice(&tokens).map_err(Error::defect)?,
            signed_in_at: row.signed_in_at,
            checked_at: row.checked_at,
        }))
    }

    /// Takes it on to ask the provider about a sign-on, which counts as last asked `at` that moment until there is an answer.
    /// `false` where another request is at it.
    pub async fn claim_check(&self, sign_on: &SignOn, at: DateTime<Utc>) -> Result<bool> {
        let mut tx = self.store().begin().await?;
        let claimed = tx.claim_check(sign_on.id, sign_on.checked_at, at).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// Keeps fresh tokens of a sign-on.
    pub async fn put_tokens(&self, id: Uuid, tokens: &ProviderTokens) -> Result<()> {
        let sealed = self.seal_tokens(tokens)?;
        let mut tx = self.store().begin().await?;
        tx.put_sealed_tokens(id, &sealed).await?;
        Ok(tx.commit().await?)
    }

    /// Ends a sign-on, and the logins that hang on it. Where the provider has ended it, `why` says so, and it is an event.
    pub async fn end_sign_on(&self, id: Uuid, why: Option<&str>, origin: Origin) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let now = self.clock().now();
        let row = tx.on().sign_on(id).await?;
        tx.end_sign_on(id, now).await?;
        if let Some((row, why)) = row.filter(|row| row.ended_at.is_none()).zip(why) {
            let name = tx.on().account(row.account_id).await?.map(|account| account.name).unwrap_or_default();
            let actor = Actor { origin, ..Actor::server() };
            let subject = Subject::new("account", row.account_id, name);
            let ended = Record::new(&actor, "account.signed_out", subject).because(Some(why.to_owned()));
            ended.write(&mut tx, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Ends the logins of a person as their provider asks: all of them, or those of one of its sessions. Gives how many there
    /// were.
    ///
    /// # Errors
    /// `Conflict` where the logout token of this `jti` was used before.
    pub async fn sign_out_at_provider(
        &self,
        issuer: &str,
        (subject, sid): (Option<&str>, Option<&str>),
        jti: &str,
        origin: Origin,
    ) -> Result<u64> {
        let mut tx = self.store().begin().await?;
        let now = self.clock().now();
        if !tx.use_logout_token(issuer, jti, LOGOUT_TOKEN.after(now)).await? {
            return Err(Error::Conflict("This logout token was used already.".to_owned()));
        }
        let ended = tx.end_sign_ons_of(issuer, subject, sid, now).await?;
        if ended > 0 {
            let actor = Actor { origin, ..Actor::server() };
            let name = subject.or(sid).unwrap_or_default();
            let subject = Subject { kind: "account", id: None, name: name.to_owned(), license_id: None };
            let why = Some("the identity provider says that they signed out".to_owned());
            Record::new(&actor, "account.signed_out", subject).because(why).write(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// Writes down that a logout token was refused, and why; no more than a few a minute. `provider` is one of the settings.
    pub async fn note_refused_logout(&self, provider: &str, why: &str, origin: Origin) -> Result<()> {
        let now = self.clock().now();
        if !self.0.refused_logouts.allows(provider, now) {
            return Ok(());
        }
        let mut tx = self.store().begin().await?;
        let actor = Actor::anonymous("somebody", origin);
        let subject = Subject { kind: "provider", id: None, name: provider.to_owned(), license_id: None };
        let refused = Record::new(&actor, "account.sign_out_refused", subject).because(Some(why.to_owned()));
        refused.write(&mut tx, now).await?;
        Ok(tx.commit().await?)
    }

    /// Removes what is left of sign-ons that have no login any more; how many there were.
    pub async fn sweep_sign_ons(&self) -> Result<u64> {
        let mut tx = self.store().begin().await?;
        let now = self.clock().now();
        let swept = tx.sweep_sign_ons(REMEMBERED.before(now), now).await?;
        tx.commit().await?;
        Ok(swept)
    }

    /// Seals what a browser is to keep, as text of a cookie.
    pub fn seal_keepsake(&self, of: Keepsake, what: &impl Serialize) -> Result<String> {
        let json = serde_json::to_vec(what).map_err(Error::defect)?;
        self.0.vault.seal_keepsake(of, &json)
    }

    /// Opens what a browser brings back. `None` for everything but what we sealed for the same use.
    pub fn open_keepsake<T: for<'a> Deserialize<'a>>(&self, of: Keepsake, text: &str) -> Option<T> {
        let json = self.0.vault.open_keepsake(of, text)?;
        serde_json::from_slice(&json).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_written_down_in_bounds() {
        let (noted, start) = (Noted::default(), DateTime::UNIX_EPOCH);
        assert_eq!((0..1000).filter(|_| noted.allows(start)).count(), 100);
        assert!(!noted.allows(Span::seconds(9).after(start)));
        assert!(noted.allows(Span::seconds(10).after(start)));
        assert!(!noted.allows(Span::seconds(10).after(start)));
        assert_eq!((0..1000).filter(|_| noted.allows(Span::hours(24).after(start))).count(), 100);
        assert!(!noted.allows(start), "a clock that was set back opens no second budget");
        assert!(noted.allows(Span::seconds(10).after(start)));
    }

    #[test]
    fn refused_logouts_are_written_down_a_few_a_minute_and_a_provider() {
        let (noted, start) = (NotedOf::default(), DateTime::UNIX_EPOCH);
        assert_eq!((0..1000).filter(|_| noted.allows("acme", start)).count(), 4);
        assert_eq!((0..1000).filter(|_| noted.allows("other", start)).count(), 4, "one takes nothing from the other");
        assert_eq!((0..1000).filter(|_| noted.allows("acme", Span::minutes(1).after(start))).count(), 3);
    }
}
