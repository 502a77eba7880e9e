//! One-time links, created by an owner or on the host.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::{EventKind, Invalid, Role, Span, SubjectKind, email::lookup_form};
use store::{
    Tx,
    accounts::{self, Account, LinkPurpose},
};
use uuid::Uuid;

use super::{
    local::{accepts_passwords, turned_off},
    no_address::has_address,
    rights::still_owner,
};
use crate::{
    Accounts, Actor, Error, Origin, Result, SignedIn,
    audit::{Record, Subject},
    crypto::{
        password::good_password,
        vault::{random, sha256},
    },
};

/// Validity of a link.
pub(super) const LINK_GOOD_FOR: Span = Span::hours(24);
/// Validity of a link created on the host.
const HOST_LINK_GOOD_FOR: Span = Span::hours(1);

/// The purpose and state of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountLink {
    /// It creates an account.
    Invitation {
        /// Invited address.
        email: String,
        /// Role of the new account.
        role: Role,
    },
    /// It sets the password of this account.
    Password {
        /// Name of the person.
        name: String,
        /// E-mail address of the account.
        email: String,
    },
    /// It is no longer valid, or never was.
    Stale,
}

/// A link created on the host.
#[derive(Clone)]
pub struct HostLink {
    /// Name of the account that it is for.
    pub name: String,
    /// Placeholder to sign in with if the account has no e-mail address.
    pub no_address: Option<String>,
    /// Token of the link, valid once within an hour. A secret.
    pub token: String,
}

impl std::fmt::Debug for HostLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostLink").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Accounts {
    /// Returns the purpose and state of the link with this token.
    pub async fn account_link(&self, token: &str) -> Result<AccountLink> {
        let (hash, now) = (sha256(token.as_bytes()), self.clock.now());
        let mut reading = self.store.read().await?;
        let link = reading.on().account_link(&hash).await?.filter(|it| it.used_at.is_none() && it.expires_at > now);
        let Some(link) = link else { return Ok(AccountLink::Stale) };
        Ok(match (link.invitation_id, link.account_id) {
            (Some(id), _) => match reading.on().open_invitation(id, now).await? {
                Some(found) => AccountLink::Invitation { email: found.email, role: found.role },
                None => AccountLink::Stale,
            },
            // With passwords disabled, only a link created on the host may set one.
            (None, Some(_))
                if link.purpose != LinkPurpose::Recovery && !accepts_passwords(&mut reading.on()).await? =>
            {
                AccountLink::Stale
            }
            (None, Some(id)) => match reading.on().account(id).await? {
                Some(Account { name, email, .. }) => AccountLink::Password { name, email },
                None => AccountLink::Stale,
            },
            (None, None) => AccountLink::Stale,
        })
    }

    /// Creates a link by which a person sets a new password, and returns its token. The link is valid once within a
    /// day; the current password works until then.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the account is disabled or password sign-in is off; `Forbidden` if the actor is no
    /// longer an owner.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn link_password(&self, id: Uuid, actor: &Actor) -> Result<String> {
        if !self.local_sign_in.is_on().await? {
            return Err(turned_off());
        }
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        let account = tx.on().account(id).await?.ok_or(Error::NotFound("account"))?;
        if account.disabled_at.is_some() {
            return Err(Error::Conflict("This account is disabled: enable it first.".to_owned()));
        }
        let token = self.password_link(&mut tx, &account, LinkPurpose::Password, LINK_GOOD_FOR).await?;
        let subject = Subject::new(SubjectKind::Account, account.id, &account.name);
        Record::new(actor, EventKind::AccountPasswordLinked, subject).write(&mut tx, self.clock.now()).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Creates a recovery link for an owner who can no longer sign in; available on the host only. The owner with that
    /// address, or the only owner if there is no address, sets a new password by it, once within an hour. Using the
    /// link enables the account and turns local sign-in on.
    ///
    /// # Errors
    /// `Conflict` if there is no such owner, or if it is not clear which owner is meant.
    #[tracing::instrument(skip_all)]
    pub async fn recover_owner(&self, email: Option<&str>, actor: &Actor) -> Result<HostLink> {
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        let now = self.clock.now();
        let owners = tx.on().accounts(now).await?.into_iter().map(|row| row.account);
        let owners: Vec<Account> = owners.filter(|account| account.role == Role::Owner).collect();
        let wanted = email.map(lookup_form);
        let mut found = owners.iter().filter(|owner| wanted.as_ref().is_none_or(|email| owner.email == *email));
        let (Some(owner), None) = (found.next(), found.next()) else {
            let all: Vec<_> = owners.iter().map(how_to_say).collect();
            return Err(Error::Conflict(match all.as_slice() {
                [] => "There is no owner yet: the server prints a setup link when it starts.".to_owned(),
                all => format!("Specify which owner: {}.", all.join(", ")),
            }));
        };
        let token = self.password_link(&mut tx, owner, LinkPurpose::Recovery, HOST_LINK_GOOD_FOR).await?;
        let subject = Subject::new(SubjectKind::Account, owner.id, &owner.name);
        Record::new(actor, EventKind::AccountRecoveryLinked, subject).write(&mut tx, now).await?;
        tx.commit().await?;
        let no_address = (!has_address(owner)).then(|| owner.email.clone());
        Ok(HostLink { name: owner.name.clone(), no_address, token })
    }

    /// Sets the password of the link's account, and ends all of its logins.
    ///
    /// # Errors
    /// `Invalid` with the field `password`; `Conflict` if the link is used, expired or unknown.
    #[tracing::instrument(skip_all)]
    pub async fn set_password(&self, token: &str, password: &str, origin: Origin) -> Result<SignedIn> {
        let (hash, now) = (sha256(token.as_bytes()), self.clock.now());
        let (link, account) = {
            let mut reading = self.store.read().await?;
            let link = reading.on().account_link(&hash).await?.filter(|it| it.used_at.is_none() && it.expires_at > now);
            let link = link.ok_or_else(stale)?;
            let id = link.account_id.ok_or_else(stale)?;
            (link, reading.on().account(id).await?.ok_or_else(stale)?)
        };
        let recovers = link.purpose == LinkPurpose::Recovery;
        if !recovers && !self.local_sign_in.is_on().await? {
            return Err(turned_off());
        }
        good_password(password, &[&account.email, &account.name]).map_err(|why| Invalid::one("password", why))?;
        let password_hash = self.hasher.hash(password).await?;
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        let now = self.clock.now();
        let account = tx.lock_account(account.id).await?.ok_or_else(stale)?;
        if !tx.use_account_link(&hash, now).await? || (account.disabled_at.is_some() && !recovers) {
            return Err(stale());
        }
        tx.set_password_hash(account.id, &password_hash).await?;
        tx.forget_sign_in_failures(account.id).await?;
        tx.delete_logins_of(account.id, None).await?;
        let actor = Actor::account(account.id, &account.name, origin);
        let reported = if recovers { EventKind::AccountRecovered } else { EventKind::AccountPasswordSet };
        if recovers {
            tx.set_disabled(account.id, None).await?;
            self.local_sign_in.open(&mut tx, &actor).await?;
        }
        Record::new(&actor, reported, Subject::new(SubjectKind::Account, account.id, &account.name))
            .write(&mut tx, now)
            .await?;
        tx.commit().await?;
        Ok(SignedIn { id: account.id, name: account.name, role: account.role })
    }

    async fn password_link(&self, tx: &mut Tx, of: &Account, purpose: LinkPurpose, lasts: Span) -> Result<String> {
        let (token, now) = (fresh_token()?, self.clock.now());
        let link = accounts::AccountLink {
            purpose,
            account_id: Some(of.id),
            invitation_id: None,
            created_at: now,
            expires_at: lasts.after(now),
            used_at: None,
        };
        tx.replace_account_link(&sha256(token.as_bytes()), &link).await?;
        Ok(token)
    }
}

/// Returns 256 random bits in base64url, for the address of a link.
pub(super) fn fresh_token() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

pub(super) fn stale() -> Error {
    Error::Conflict("This link was used, withdrawn or has expired: ask an owner for a new one.".to_owned())
}

/// The text by which the host identifies an owner: `ada@example.com`, `none:0199… (Ada Berg)`.
fn how_to_say(owner: &Account) -> String {
    if has_address(owner) { owner.email.clone() } else { format!("{} ({})", owner.email, owner.name) }
}
