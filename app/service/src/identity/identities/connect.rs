//! Connecting identities to an account and disconnecting them, by the signed-in person.

use chrono::{DateTime, Utc};
use licensing::{Email, EventKind, SubjectKind};
use serde_json::json;
use store::{Tx, accounts::Account, identities::Identity, upstream_sessions::UpstreamSession};
use uuid::Uuid;

use super::{Claimed, USED};
use crate::{
    Actor, Error, Identities, Result,
    accounts::local::accepts_passwords,
    audit::{Record, Subject},
    identity::upstream_sessions::ProviderTokens,
};

/// The outcome of connecting an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connecting {
    /// The identity belongs to the account, now or already before.
    Connected,
    /// The identity belongs to another account, and stays there.
    Anothers,
}

/// An identity that is connected to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// Issuer (`iss`) of the provider.
    pub issuer: String,
    /// Subject (`sub`) of the person at the provider.
    pub subject: String,
    /// Address that the provider reported last, verified or not.
    pub email: Option<String>,
    /// Time at which it was connected.
    pub created_at: DateTime<Utc>,
    /// Time of the last sign-in with it, or of connecting it.
    pub last_at: DateTime<Utc>,
    /// `true` if it is the account's only way to sign in and cannot be disconnected.
    pub stays: bool,
}

impl Identities {
    /// Connects an identity to the actor's account. The actor has just proved at the provider that it is theirs; its
    /// address and roles do not count. This uses up the attempt's id.
    ///
    /// # Errors
    /// `Conflict` if the attempt was already used; `Forbidden` if the account may no longer sign in.
    #[tracing::instrument(skip_all)]
    pub async fn connect_identity(
        &self,
        claimed: &Claimed,
        (attempt, provider): (Uuid, &str),
        actor: &Actor,
    ) -> Result<Connecting> {
        let sealed = self.seal_tokens(&ProviderTokens::default())?;
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        let now = self.clock.now();
        let account = own(&mut tx, actor).await?;
        let known = tx.on().identity(&claimed.issuer, &claimed.subject).await?;
        if known.as_ref().is_some_and(|known| known.account_id != account.id) {
            return Ok(Connecting::Anothers);
        }
        // An upstream session that has already ended, so that no instance accepts the attempt again.
        let used = UpstreamSession {
            id: attempt,
            account_id: account.id,
            provider: provider.to_owned(),
            issuer: claimed.issuer.clone(),
            subject: claimed.subject.clone(),
            sid: None,
            sealed,
            signed_in_at: now,
            checked_at: now,
            ended_at: Some(now),
        };
        match tx.insert_upstream_session(&used).await {
            Err(store::Error::Conflict(_)) => return Err(Error::Conflict(USED.to_owned())),
            written => written?,
        }
        let email = claimed.email.as_ref().map(Email::as_str);
        if known.is_some() {
            tx.note_identity(&claimed.issuer, &claimed.subject, email, now).await?;
        } else {
            let identity = Identity {
                issuer: claimed.issuer.clone(),
                subject: claimed.subject.clone(),
                account_id: account.id,
                email: email.map(str::to_owned),
                created_at: now,
                last_at: now,
            };
            tx.insert_identity(&identity).await?;
            Record::new(actor, EventKind::AccountIdentityConnected, subject(&account))
                .made(&json!({ "provider": provider, "issuer": claimed.issuer }))
                .write(&mut tx, now)
                .await?;
        }
        tx.commit().await?;
        Ok(Connecting::Connected)
    }

    /// The identities of an account, oldest first.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn connected(&self, account: Uuid) -> Result<Vec<Connected>> {
        let mut reading = self.store.read().await?;
        let mut on = reading.on();
        let account = on.account(account).await?.ok_or(Error::NotFound("account"))?;
        let by_password = account.password_hash.is_some() && accepts_passwords(&mut on).await?;
        let all = on.identities_of(account.id).await?;
        let line = |one: &Identity| Connected {
            issuer: one.issuer.clone(),
            subject: one.subject.clone(),
            email: one.email.clone(),
            created_at: one.created_at,
            last_at: one.last_at,
            stays: !by_password && !self.opens(&all, Some(one)),
        };
        Ok(all.iter().map(line).collect())
    }

    /// Disconnects an identity from the actor's account, and ends the logins that began with it.
    ///
    /// # Errors
    /// `NotFound` if the account does not have it; `Conflict` if it is the only way to sign in; `Forbidden` if the
    /// account may no longer sign in.
    #[tracing::instrument(skip_all)]
    pub async fn disconnect_identity(&self, issuer: &str, of: &str, actor: &Actor) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        let now = self.clock.now();
        let account = own(&mut tx, actor).await?;
        if !tx.delete_identity(account.id, issuer, of).await? {
            return Err(Error::NotFound("identity"));
        }
        let by_password = account.password_hash.is_some() && accepts_passwords(&mut tx.on()).await?;
        let left = tx.on().identities_of(account.id).await?;
        if !by_password && !self.opens(&left, None) {
            return Err(Error::Conflict(
                "This is your last way in: connect another provider first, or ask an owner for a password link."
                    .to_owned(),
            ));
        }
        tx.end_upstream_sessions_of(issuer, Some(of), None, now).await?;
        Record::new(actor, EventKind::AccountIdentityDisconnected, subject(&account))
            .made(&json!({ "issuer": issuer }))
            .write(&mut tx, now)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Returns `true` if one of these identities other than `but` can be used to sign in.
    fn opens(&self, all: &[Identity], but: Option<&Identity>) -> bool {
        all.iter().any(|one| Some(one) != but && self.local_sign_in.knows_issuer(&one.issuer))
    }
}

/// The actor's account, in its current state.
async fn own(tx: &mut Tx, actor: &Actor) -> Result<Account> {
    let id = actor.id().ok_or(Error::NotFound("account"))?;
    let account = tx.lock_account(id).await?.filter(|account| account.disabled_at.is_none());
    account.ok_or_else(|| Error::Forbidden("This account can no longer sign in.".to_owned()))
}

fn subject(account: &Account) -> Subject {
    Subject::new(SubjectKind::Account, account.id, &account.name)
}
