//! Links that are good once, handed over by an owner or printed on the host.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::{Invalid, Role, Span, email::lookup_form};
use store::{
    Tx,
    accounts::{self, Account, LinkPurpose},
};
use uuid::Uuid;

use super::{acts::still_owner, takes_passwords};
use crate::{
    Actor, Error, Origin, Result, Service, SignedIn,
    identities::has_address,
    password::good_password,
    record::{Record, Subject},
    vault::{random, sha256},
};

/// How long a link is good.
pub(super) const LINK_GOOD_FOR: Span = Span::hours(24);
/// How long one that was printed on the host is.
const HOST_LINK_GOOD_FOR: Span = Span::hours(1);

/// Where a link stands, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountLink {
    /// It makes an account: address and role.
    Invitation {
        /// The address that was invited.
        email: String,
        /// What they come in as.
        role: Role,
    },
    /// It sets the password of this account.
    Password {
        /// The person's name.
        name: String,
        /// The address they sign in with.
        email: String,
    },
    /// It is good no more, or never was.
    Stale,
}

/// A link that was printed on the host.
#[derive(Clone)]
pub struct HostLink {
    /// Whose account it opens.
    pub name: String,
    /// What one signs in with in place of an address, where the account has none.
    pub no_address: Option<String>,
    /// The secret in it, good once and for an hour.
    pub token: String,
}

impl std::fmt::Debug for HostLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostLink").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Service {
    /// Where the link with this token stands.
    pub async fn account_link(&self, token: &str) -> Result<AccountLink> {
        let (hash, now) = (sha256(token.as_bytes()), self.clock().now());
        let mut reading = self.store().read().await?;
        let link = reading.on().account_link(&hash).await?.filter(|it| it.used_at.is_none() && it.expires_at > now);
        let Some(link) = link else { return Ok(AccountLink::Stale) };
        Ok(match (link.invitation_id, link.account_id) {
            (Some(id), _) => match reading.on().open_invitation(id, now).await? {
                Some(found) => AccountLink::Invitation { email: found.email, role: found.role },
                None => AccountLink::Stale,
            },
            // Where passwords are not taken, none is set but by whoever comes from the host.
            (None, Some(_)) if link.purpose != LinkPurpose::Recovery && !takes_passwords(&mut reading.on()).await? => {
                AccountLink::Stale
            }
            (None, Some(id)) => match reading.on().account(id).await? {
                Some(Account { name, email, .. }) => AccountLink::Password { name, email },
                None => AccountLink::Stale,
            },
            (None, None) => AccountLink::Stale,
        })
    }

    /// The token of a link by which a person sets a new password, good once and for a day. Their password works until then.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where the account is disabled or passwords are not taken here; `Forbidden` where the actor is no
    /// owner any more.
    pub async fn link_password(&self, id: Uuid, actor: &Actor) -> Result<String> {
        if !self.local_sign_in().await? {
            return Err(super::turned_off());
        }
        let mut tx = self.store().begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        let account = tx.on().account(id).await?.ok_or(Error::NotFound("account"))?;
        if account.disabled_at.is_some() {
            return Err(Error::Conflict("This account is disabled: enable it first.".to_owned()));
        }
        let token = self.password_link(&mut tx, &account, LinkPurpose::Password, LINK_GOOD_FOR).await?;
        let subject = Subject::new("account", account.id, &account.name);
        Record::new(actor, "account.password_linked", subject).write(&mut tx, self.clock().now()).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// The way back for owners who cannot sign in any more, from the host alone: a link by which the owner of that address
    /// sets a new password, good once and for an hour. Using it enables the account and turns the local sign-in on. Without
    /// an address it is for the only owner.
    ///
    /// # Errors
    /// `Conflict` where there is no such owner, or which one is meant is not clear.
    pub async fn recover_owner(&self, email: Option<&str>, actor: &Actor) -> Result<HostLink> {
        let mut tx = self.store().begin().await?;
        tx.lock_accounts().await?;
        let now = self.clock().now();
        let owners = tx.on().accounts(now).await?.into_iter().map(|row| row.account);
        let owners: Vec<Account> = owners.filter(|account| account.role == Role::Owner).collect();
        let wanted = email.map(lookup_form);
        let mut found = owners.iter().filter(|owner| wanted.as_ref().is_none_or(|email| owner.email == *email));
        let (Some(owner), None) = (found.next(), found.next()) else {
            let all: Vec<_> = owners.iter().map(how_to_say).collect();
            return Err(Error::Conflict(match all.as_slice() {
                [] => "There is no owner yet: the server prints a link for the first one when it starts.".to_owned(),
                all => format!("Say which owner: {}.", all.join(", ")),
            }));
        };
        let token = self.password_link(&mut tx, owner, LinkPurpose::Recovery, HOST_LINK_GOOD_FOR).await?;
        let subject = Subject::new("account", owner.id, &owner.name);
        Record::new(actor, "account.recovery_linked", subject).write(&mut tx, now).await?;
        tx.commit().await?;
        let no_address = (!has_address(owner)).then(|| owner.email.clone());
        Ok(HostLink { name: owner.name.clone(), no_address, token })
    }

    /// Sets the password of the account that the link is for, and ends every login of it.
    ///
    /// # Errors
    /// `Invalid` with the field `password`; `Conflict` where the link is used, stale or unknown.
    pub async fn set_password(&self, token: &str, password: &str, origin: Origin) -> Result<SignedIn> {
        let (hash, now) = (sha256(token.as_bytes()), self.clock().now());
        let (link, account) = {
            let mut reading = self.store().read().await?;
            let link = reading.on().account_link(&hash).await?.filter(|it| it.used_at.is_none() && it.expires_at > now);
            let link = link.ok_or_else(stale)?;
            let id = link.account_id.ok_or_else(stale)?;
            (link, reading.on().account(id).await?.ok_or_else(stale)?)
        };
        let recovers = link.purpose == LinkPurpose::Recovery;
        if !recovers && !self.local_sign_in().await? {
            return Err(super::turned_off());
        }
        good_password(password, &[&account.email, &account.name]).map_err(|why| Invalid::one("password", why))?;
        let password_hash = self.hasher().hash(password).await?;
        let mut tx = self.store().begin().await?;
        tx.lock_accounts().await?;
        let now = self.clock().now();
        let account = tx.lock_account(account.id).await?.ok_or_else(stale)?;
        if !tx.use_account_link(&hash, now).await? || (account.disabled_at.is_some() && !recovers) {
            return Err(stale());
        }
        tx.set_password_hash(account.id, &password_hash).await?;
        tx.forget_sign_in_failures(account.id).await?;
        tx.delete_logins_of(account.id, None).await?;
        let actor = Actor::account(account.id, &account.name, origin);
        let told = if recovers { "account.recovered" } else { "account.password_set" };
        if recovers {
            tx.set_disabled(account.id, None).await?;
            self.open_local_sign_in(&mut tx, &actor).await?;
        }
        Record::new(&actor, told, Subject::new("account", account.id, &account.name)).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(SignedIn { id: account.id, name: account.name, role: account.role })
    }

    async fn password_link(&self, tx: &mut Tx, of: &Account, purpose: LinkPurpose, lasts: Span) -> Result<String> {
        let (token, now) = (fresh_token()?, self.clock().now());
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

/// 256 random bits, for an address.
pub(super) fn fresh_token() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

pub(super) fn stale() -> Error {
    Error::Conflict("This link was used, withdrawn or has expired: ask an owner for a fresh one.".to_owned())
}

/// How an owner is named on the host: `ada@example.com`, `none:0199… (Ada Berg)`.
fn how_to_say(owner: &Account) -> String {
    if has_address(owner) { owner.email.clone() } else { format!("{} ({})", owner.email, owner.name) }
}
