//! Identities of one's own account: connected by whoever is signed in, and disconnected again.

use chrono::{DateTime, Utc};
use licensing::Email;
use serde_json::json;
use store::{Tx, accounts::Account, identities::Identity, sign_ons::SignOn};
use uuid::Uuid;

use super::{Claimed, USED};
use crate::{
    Actor, Error, Result, Service,
    accounts::takes_passwords,
    record::{Record, Subject},
    sign_ons::ProviderTokens,
};

/// What became of an identity that somebody wanted to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connecting {
    /// It is the account's, now or since before.
    Connected,
    /// It is the way in to another account, and stays that.
    Anothers,
}

/// An identity of one's own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// The provider, `iss`.
    pub issuer: String,
    /// Who one is there, `sub`.
    pub subject: String,
    /// The address that the provider last told, verified or not.
    pub email: Option<String>,
    /// Since when it is one's own here.
    pub created_at: DateTime<Utc>,
    /// When one last signed in with it, or connected it.
    pub last_at: DateTime<Utc>,
    /// Whether it is the account's last way in, and therefore stays.
    pub stays: bool,
}

impl Service {
    /// Connects an identity to the account of whoever acts, who has just proved at the provider that it is theirs. Neither its
    /// address nor its roles count. The attempt's id is used up by it.
    ///
    /// # Errors
    /// `Conflict` where the attempt was used before; `Forbidden` where the account may not sign in any more.
    pub async fn connect_identity(
        &self,
        claimed: &Claimed,
        (attempt, provider): (Uuid, &str),
        actor: &Actor,
    ) -> Result<Connecting> {
        let sealed = self.seal_tokens(&ProviderTokens::default())?;
        let mut tx = self.store().begin().await?;
        tx.lock_accounts().await?;
        let now = self.clock().now();
        let account = own(&mut tx, actor).await?;
        let known = tx.on().identity(&claimed.issuer, &claimed.subject).await?;
        if known.as_ref().is_some_and(|known| known.account_id != account.id) {
            return Ok(Connecting::Anothers);
        }
        // A sign-on that has ended already: no attempt is good twice, on whichever instance.
        let used = SignOn {
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
        match tx.insert_sign_on(&used).await {
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
            Record::new(actor, "account.identity_connected", subject(&account))
                .made(&json!({ "provider": provider, "issuer": claimed.issuer }))
                .write(&mut tx, now)
                .await?;
        }
        tx.commit().await?;
        Ok(Connecting::Connected)
    }

    /// The identities of an account, the oldest first.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn connected(&self, account: Uuid) -> Result<Vec<Connected>> {
        let mut reading = self.store().read().await?;
        let mut on = reading.on();
        let account = on.account(account).await?.ok_or(Error::NotFound("account"))?;
        let by_password = account.password_hash.is_some() && takes_passwords(&mut on).await?;
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

    /// Takes an identity from the account of whoever acts, and ends the logins that began with it.
    ///
    /// # Errors
    /// `NotFound` where it is not theirs; `Conflict` where it is their last way in; `Forbidden` where the account may not sign
    /// in any more.
    pub async fn disconnect_identity(&self, issuer: &str, of: &str, actor: &Actor) -> Result<()> {
        let mut tx = self.store().begin().await?;
        tx.lock_accounts().await?;
        let now = self.clock().now();
        let account = own(&mut tx, actor).await?;
        if !tx.delete_identity(account.id, issuer, of).await? {
            return Err(Error::NotFound("identity"));
        }
        let by_password = account.password_hash.is_some() && takes_passwords(&mut tx.on()).await?;
        let left = tx.on().identities_of(account.id).await?;
        if !by_password && !self.opens(&left, None) {
            return Err(Error::Conflict(
                "This is your last way in: connect another provider first, or have an owner make you a link for a password."
                    .to_owned(),
            ));
        }
        tx.end_sign_ons_of(issuer, Some(of), None, now).await?;
        Record::new(actor, "account.identity_disconnected", subject(&account))
            .made(&json!({ "issuer": issuer }))
            .write(&mut tx, now)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Whether one of these, other than `but`, is a way in.
    fn opens(&self, all: &[Identity], but: Option<&Identity>) -> bool {
        all.iter().any(|one| Some(one) != but && self.knows_issuer(&one.issuer))
    }
}

/// The account of whoever acts, as it is now.
async fn own(tx: &mut Tx, actor: &Actor) -> Result<Account> {
    let id = actor.id().ok_or(Error::NotFound("account"))?;
    let account = tx.lock_account(id).await?.filter(|account| account.disabled_at.is_none());
    account.ok_or_else(|| Error::Forbidden("This account may not sign in any more.".to_owned()))
}

fn subject(account: &Account) -> Subject {
    Subject::new("account", account.id, &account.name)
}
