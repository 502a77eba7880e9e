//! Invitations: an owner names an address and a role, and the invited person accepts.

use licensing::{Email, EventKind, Invalid, Role, Span, SubjectKind, text};
use serde_json::json;
use store::{
    Tx,
    accounts::{Account, AccountLink, Invitation, LinkPurpose},
};
use uuid::Uuid;

use super::{
    links::{LINK_GOOD_FOR, fresh_token, stale},
    local::turned_off,
    rights::{read_role, still_owner},
};
use crate::{
    Accounts, Actor, Error, Origin, Result, SignedIn,
    audit::{Record, Subject},
    crypto::{password::good_password, vault::sha256},
};

/// Time for which an invitation can be accepted by signing in with its address.
const GOOD_FOR: Span = Span::days(14);

/// A new invitation.
#[derive(Clone)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// Token of the link that accepts it; valid once within a day. A secret, to be shown once, to the owner.
    pub token: String,
}

impl std::fmt::Debug for Invited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invited").field("invitation", &self.invitation.id).finish_non_exhaustive()
    }
}

/// Input of an invited person.
#[derive(Clone, Default)]
pub struct NewAccount {
    /// Name, 1–80 characters.
    pub name: String,
    /// Password, at least 15 characters.
    pub password: String,
}

impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccount").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Accounts {
    /// Invites a person by address; replaces earlier invitations to that address. The person accepts by the first
    /// sign-in with a provider that vouches for the address, within two weeks, or by the link, once within a day.
    ///
    /// # Errors
    /// `Invalid` with the fields `email` and `role`; `Forbidden` if the actor is no longer an owner.
    #[tracing::instrument(skip_all)]
    pub async fn invite(&self, email: &str, role: &str, actor: &Actor) -> Result<Invited> {
        let mut wrong = Invalid::default();
        let email = wrong.keep("email", Email::read(email)).map(|e| e.canonical()).unwrap_or_default();
        let role = wrong.keep("role", read_role(role)).unwrap_or(Role::Viewer);
        let (email, role) = wrong.or((email, role))?;
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        let now = self.clock.now();
        if tx.on().account_by_email(&email).await?.is_some() {
            return Err(Invalid::one("email", "already belongs to another account").into());
        }
        tx.withdraw_invitations(&email, now).await?;
        let invitation = Invitation {
            id: self.clock.id(),
            email,
            role,
            invited_by: actor.name.clone(),
            created_at: now,
            expires_at: GOOD_FOR.after(now),
        };
        tx.insert_invitation(&invitation).await?;
        let token = self.link_to(&mut tx, &invitation).await?;
        Record::new(actor, EventKind::InvitationCreated, subject(&invitation))
            .made(&json!({ "role": invitation.role, "expires_at": invitation.expires_at }))
            .write(&mut tx, now)
            .await?;
        tx.commit().await?;
        Ok(Invited { invitation, token })
    }

    /// Creates a new link for an invitation; it replaces the previous one.
    ///
    /// # Errors
    /// `NotFound` if the invitation was accepted or withdrawn, or has expired; `Forbidden` if the actor is no longer an
    /// owner.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn link_invitation(&self, id: Uuid, actor: &Actor) -> Result<Invited> {
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        let now = self.clock.now();
        let invitation = tx.on().open_invitation(id, now).await?.ok_or(Error::NotFound("invitation"))?;
        let token = self.link_to(&mut tx, &invitation).await?;
        Record::new(actor, EventKind::InvitationLinked, subject(&invitation)).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(Invited { invitation, token })
    }

    /// Withdraws an invitation and its link.
    ///
    /// # Errors
    /// `NotFound` if the invitation was accepted or withdrawn, or has expired; `Forbidden` if the actor is no longer an
    /// owner.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn withdraw_invitation(&self, id: Uuid, actor: &Actor) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        let now = self.clock.now();
        let invitation = tx.on().open_invitation(id, now).await?.ok_or(Error::NotFound("invitation"))?;
        tx.withdraw_invitations(&invitation.email, now).await?;
        Record::new(actor, EventKind::InvitationWithdrawn, subject(&invitation)).write(&mut tx, now).await?;
        Ok(tx.commit().await?)
    }

    /// Creates an account with a password for the holder of an invitation's link.
    ///
    /// # Errors
    /// `Invalid` with the fields `name` and `password`; `Conflict` if the link is used, expired or unknown, or password
    /// sign-in is disabled.
    #[tracing::instrument(skip_all)]
    pub async fn take_invitation(&self, token: &str, form: NewAccount, origin: Origin) -> Result<SignedIn> {
        let hash = sha256(token.as_bytes());
        let invitation = self.invitation_behind(&hash).await?;
        if !self.local_sign_in.is_on().await? {
            return Err(turned_off());
        }
        let mut wrong = Invalid::default();
        let name = wrong.keep("name", text::name(&form.name, 80)).unwrap_or_default();
        wrong.keep("password", good_password(&form.password, &[&invitation.email, &name]));
        let name = wrong.or(name)?;
        let password_hash = Some(self.hasher.hash(&form.password).await?);
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        if !tx.use_account_link(&hash, now).await? {
            return Err(stale());
        }
        let account = account(self.clock.id(), name, &invitation, password_hash, now);
        accept(&mut tx, &invitation, &account, origin, now).await?;
        tx.commit().await?;
        Ok(SignedIn { id: account.id, name: account.name, role: account.role })
    }

    /// The invitation that belongs to the link with this hash.
    pub(super) async fn invitation_behind(&self, hash: &[u8]) -> Result<Invitation> {
        let now = self.clock.now();
        let mut reading = self.store.read().await?;
        let link = reading.on().account_link(hash).await?.filter(|it| it.used_at.is_none() && it.expires_at > now);
        let id = link.and_then(|it| it.invitation_id).ok_or_else(stale)?;
        reading.on().open_invitation(id, now).await?.ok_or_else(stale)
    }

    async fn link_to(&self, tx: &mut Tx, invitation: &Invitation) -> Result<String> {
        let (token, now) = (fresh_token()?, self.clock.now());
        let link = AccountLink {
            purpose: LinkPurpose::Invitation,
            account_id: None,
            invitation_id: Some(invitation.id),
            created_at: now,
            expires_at: LINK_GOOD_FOR.after(now).min(invitation.expires_at),
            used_at: None,
        };
        tx.replace_account_link(&sha256(token.as_bytes()), &link).await?;
        Ok(token)
    }
}

/// Turns an invitation into this account, in the transaction that proved that the invitation is meant for its holder.
///
/// # Errors
/// `Conflict` if the invitation has been accepted or withdrawn meanwhile.
pub(crate) async fn accept(
    tx: &mut Tx,
    invitation: &Invitation,
    account: &Account,
    origin: Origin,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    if !tx.accept_invitation(invitation.id, now).await? {
        return Err(stale());
    }
    tx.insert_account(account).await?;
    let actor = Actor::account(account.id, &account.name, origin);
    let subject = Subject::new(SubjectKind::Account, account.id, &account.name);
    let made = json!({ "name": account.name, "email": account.email, "role": account.role,
        "invited_by": invitation.invited_by });
    Record::new(&actor, EventKind::AccountCreated, subject).made(&made).write(tx, now).await
}

/// The account that an invitation becomes.
pub(crate) fn account(
    id: Uuid,
    name: String,
    invitation: &Invitation,
    password_hash: Option<String>,
    now: chrono::DateTime<chrono::Utc>,
) -> Account {
    Account {
        id,
        name,
        email: invitation.email.clone(),
        role: invitation.role,
        password_hash,
        failures: 0,
        failed_at: None,
        disabled_at: None,
        created_at: now,
        revision: 1,
    }
}

fn subject(invitation: &Invitation) -> Subject {
    Subject::new(SubjectKind::Invitation, invitation.id, &invitation.email)
}
