//! Signing in with an identity from a provider: finding its account, and applying the provider's claims.
//!
//! An account's role is either *mapped* or *assigned*. It is mapped while it equals the role that the provider's claims
//! gave last; every sign-in and every check may then change it. A role that an owner gives differs from that and is
//! assigned: claims no longer change it.

mod connect;
mod role_mapping;

use chrono::{DateTime, Utc};
use licensing::{Email, EventKind, Role, SubjectKind, hint};
use serde_json::json;
use store::{Tx, accounts::Account, upstream_sessions::UpstreamSession};
use uuid::Uuid;

use crate::{
    Actor, Error, Identities, Origin, Result, SignedIn,
    accounts::{invitations, no_address::no_address},
    audit::{Record, Subject},
    crypto::vault::Purpose,
    identity::upstream_sessions::{NewUpstreamSession, ProviderTokens},
};

pub use connect::{Connected, Connecting};
use role_mapping::RoleUpdate;

/// Maximum length of a person's name, in characters.
const LONGEST_NAME: usize = 80;

/// A person's verified claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Issuer (`iss`) of the provider.
    pub issuer: String,
    /// Subject (`sub`) of the person at the provider.
    pub subject: String,
    /// E-mail address.
    pub email: Option<Email>,
    /// `true` if the provider has verified the address. An unverified one decides nothing.
    pub email_verified: bool,
    /// Name, as the provider reports it.
    pub name: Option<String>,
    /// Role that the settings map the claims to.
    pub role: Option<Role>,
    /// Reason why the claims contain no roles, if the provider gives one.
    pub left_out: Option<String>,
    /// Role for people whom the settings map to no role and who have no invitation.
    pub unknown: Option<Role>,
}

/// The outcome of signing in with an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// The person is signed in.
    In(SignedIn),
    /// The person has no role here; holds their name.
    NoRole(String),
    /// The account is disabled; holds its name.
    Disabled(String),
    /// This server has no owner yet. Nobody else can sign in before that.
    NoOwner,
}

impl Identities {
    /// Signs in the person behind an identity. The account is the one that the identity belongs to; at the first
    /// sign-in, the one that was created for the person's verified address and has not been used yet; or a new one, if
    /// an invitation, the claims or the settings give a role. This uses up the attempt's id.
    ///
    /// # Errors
    /// `Conflict` if the attempt was already used.
    #[tracing::instrument(skip_all)]
    pub async fn sign_in_with_identity(
        &self,
        claimed: Claimed,
        upstream_session: NewUpstreamSession,
        origin: Origin,
    ) -> Result<Entrance> {
        let sealed = self.seal_tokens(&upstream_session.tokens)?;
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        let now = self.clock.now();
        if !tx.on().has_owner().await? {
            return Ok(Entrance::NoOwner);
        }
        let known = tx.on().identity(&claimed.issuer, &claimed.subject).await?;
        let is_new = known.is_none();
        let account = match known {
            Some(identity) => tx.on().account(identity.account_id).await?,
            None => made_for(&mut tx, &claimed).await?,
        };
        let (account, role) = match account {
            Some(account) if account.disabled_at.is_some() => {
                return self.refuse(tx, account.name, "the account is disabled", origin, Entrance::Disabled).await;
            }
            Some(account) => match self.role_update(&mut tx, &account, claimed.role).await? {
                RoleUpdate::Keep(role) => (account, role),
                RoleUpdate::Change(role) => {
                    self.map(&mut tx, &account, role, &origin, now).await?;
                    (account, role)
                }
                RoleUpdate::Revoke => {
                    tx.end_logins_of(account.id, now).await?;
                    return self
                        .refuse(tx, account.name, &no_role(claimed.left_out.as_deref()), origin, Entrance::NoRole)
                        .await;
                }
            },
            None => match self.invited(&mut tx, &claimed, &origin, now).await? {
                Some(account) => (account.clone(), account.role),
                None => match claimed.role.or(claimed.unknown) {
                    Some(role) => (self.make(&mut tx, &claimed, role, &origin, now).await?, role),
                    None => {
                        let why = no_role(claimed.left_out.as_deref());
                        return self.refuse(tx, name(&claimed), &why, origin, Entrance::NoRole).await;
                    }
                },
            },
        };
        let email = claimed.email.as_ref().map(Email::as_str);
        if is_new {
            tx.insert_identity(&store::identities::Identity {
                issuer: claimed.issuer.clone(),
                subject: claimed.subject.clone(),
                account_id: account.id,
                email: email.map(str::to_owned),
                created_at: now,
                last_at: now,
            })
            .await?;
        } else {
            tx.note_identity(&claimed.issuer, &claimed.subject, email, now).await?;
        }
        let row = UpstreamSession {
            id: upstream_session.attempt,
            account_id: account.id,
            provider: upstream_session.provider,
            issuer: claimed.issuer,
            subject: claimed.subject,
            sid: upstream_session.sid,
            sealed,
            signed_in_at: now,
            checked_at: now,
            ended_at: None,
        };
        match tx.insert_upstream_session(&row).await {
            Err(store::Error::Conflict(_)) => return Err(Error::Conflict(USED.to_owned())),
            written => written?,
        }
        let actor = Actor::account(account.id, &account.name, origin);
        let subject = Subject::new(SubjectKind::Account, account.id, &account.name);
        let at = json!({ "provider": row.provider });
        Record::new(&actor, EventKind::AccountSignedIn, subject).made(&at).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(Entrance::In(SignedIn { id: account.id, name: account.name, role }))
    }

    /// Applies a provider's current claims about a person who is signed in. A mapped role changes or is lost; if it is
    /// lost, all of the account's logins end, and the event records the provider's reason, if there is one. Returns the
    /// person's current state, or `None` if they are signed out.
    #[tracing::instrument(skip_all, fields(%upstream_session))]
    pub async fn claims_again(
        &self,
        upstream_session: Uuid,
        (role, left_out): (Option<Role>, Option<&str>),
        tokens: Option<&ProviderTokens>,
        origin: Origin,
    ) -> Result<Option<SignedIn>> {
        let sealed = tokens.map(|tokens| self.seal_tokens(tokens)).transpose()?;
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        let now = self.clock.now();
        let Some(row) = tx.on().upstream_session(upstream_session).await?.filter(|row| row.ended_at.is_none()) else {
            return Ok(None);
        };
        if let Some(sealed) = sealed {
            tx.put_sealed_tokens(row.id, &sealed).await?;
        }
        tx.note_check(row.id, now).await?;
        let account = tx.on().account(row.account_id).await?.filter(|account| account.disabled_at.is_none());
        let Some(account) = account else { return Ok(None) };
        let role = match self.role_update(&mut tx, &account, role).await? {
            RoleUpdate::Keep(role) => role,
            RoleUpdate::Change(role) => {
                self.map(&mut tx, &account, role, &origin, now).await?;
                role
            }
            RoleUpdate::Revoke => {
                tx.end_logins_of(account.id, now).await?;
                let subject = Subject::new(SubjectKind::Account, account.id, &account.name);
                let reason = Some(no_role(left_out));
                let actor = Actor { origin, ..Actor::server() };
                Record::new(&actor, EventKind::AccountRoleLost, subject).because(reason).write(&mut tx, now).await?;
                tx.commit().await?;
                return Ok(None);
            }
        };
        tx.commit().await?;
        Ok(Some(SignedIn { id: account.id, name: account.name, role }))
    }

    /// Creates the account of a person with an invitation to their verified address.
    async fn invited(
        &self,
        tx: &mut Tx,
        claimed: &Claimed,
        origin: &Origin,
        now: DateTime<Utc>,
    ) -> Result<Option<Account>> {
        let Some(email) = claimed.email.as_ref().filter(|_| claimed.email_verified) else { return Ok(None) };
        let invitation = tx.on().invitation_for(&email.canonical(), now).await?;
        let Some(invitation) = invitation else { return Ok(None) };
        let account = invitations::account(self.clock.id(), name(claimed), &invitation, None, now);
        invitations::accept(tx, &invitation, &account, origin.clone(), now).await?;
        Ok(Some(account))
    }

    async fn map(&self, tx: &mut Tx, account: &Account, role: Role, origin: &Origin, now: DateTime<Utc>) -> Result<()> {
        tx.map_role(account.id, role).await?;
        let actor = Actor { origin: origin.clone(), ..Actor::server() };
        let subject = Subject::new(SubjectKind::Account, account.id, &account.name);
        Record::new(&actor, EventKind::AccountRoleChanged, subject)
            .changed(&json!({ "role": account.role }), &json!({ "role": role }))
            .because(Some("the identity provider’s claims".to_owned()))
            .write(tx, now)
            .await
    }

    async fn make(
        &self,
        tx: &mut Tx,
        claimed: &Claimed,
        role: Role,
        origin: &Origin,
        now: DateTime<Utc>,
    ) -> Result<Account> {
        let id = self.clock.id();
        let account = Account {
            id,
            name: name(claimed),
            email: free_address(tx, claimed).await?.unwrap_or_else(|| no_address(id)),
            role,
            password_hash: None,
            failures: 0,
            failed_at: None,
            disabled_at: None,
            created_at: now,
            revision: 1,
        };
        tx.insert_account(&account).await?;
        tx.map_role(id, role).await?;
        let actor = Actor { origin: origin.clone(), ..Actor::server() };
        let subject = Subject::new(SubjectKind::Account, id, &account.name);
        let made = json!({ "name": account.name, "role": role, "issuer": claimed.issuer });
        Record::new(&actor, EventKind::AccountCreated, subject).made(&made).write(tx, now).await?;
        Ok(account)
    }

    /// Records that a person was refused.
    async fn refuse(
        &self,
        mut tx: Tx,
        name: String,
        why: &str,
        origin: Origin,
        entrance: fn(String) -> Entrance,
    ) -> Result<Entrance> {
        if self.noted.allows(self.clock.now()) {
            let actor = Actor::anonymous(&name, origin);
            let subject = Subject { kind: SubjectKind::Account, id: None, name: name.clone(), license_id: None };
            let refused = Record::new(&actor, EventKind::AccountSignInRefused, subject).because(Some(why.to_owned()));
            refused.write(&mut tx, self.clock.now()).await?;
        }
        tx.commit().await?;
        Ok(entrance(name))
    }

    /// Records that a sign-in at a provider failed, and why. Limited, so that the records cannot fill the disk.
    pub async fn note_failed_sign_in(&self, provider: &str, why: &str, origin: Origin) -> Result<()> {
        let now = self.clock.now();
        if !self.noted.allows(now) {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        let actor = Actor::anonymous("somebody", origin);
        let subject = Subject { kind: SubjectKind::Provider, id: None, name: provider.to_owned(), license_id: None };
        let failed = Record::new(&actor, EventKind::AccountSignInFailed, subject).because(Some(why.to_owned()));
        failed.write(&mut tx, now).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) fn seal_tokens(&self, tokens: &ProviderTokens) -> Result<Vec<u8>> {
        let json = serde_json::to_vec(tokens).map_err(Error::defect)?;
        self.vault.seal(Purpose::UpstreamSession, &json)
    }
}

const NO_ROLE: &str = "the identity provider’s claims give no role here";

/// The reason why a person has no role here.
fn no_role(left_out: Option<&str>) -> String {
    left_out.map_or_else(|| NO_ROLE.to_owned(), |why| format!("{NO_ROLE}: {why}"))
}

const USED: &str = "This sign-in was already used: start again.";

/// Finds the account that was created for this person: it has their verified address, and neither a password nor an
/// identity yet. An account with a password already belongs to someone, whatever a provider claims about addresses.
async fn made_for(tx: &mut Tx, claimed: &Claimed) -> Result<Option<Account>> {
    let Some(email) = claimed.email.as_ref().filter(|_| claimed.email_verified) else { return Ok(None) };
    let Some(account) = tx.on().account_by_email(&email.canonical()).await? else { return Ok(None) };
    let unused = account.password_hash.is_none() && tx.on().identities_of(account.id).await?.is_empty();
    Ok(Some(account).filter(|_| unused))
}

/// The person's verified address, unless another account has it.
async fn free_address(tx: &mut Tx, claimed: &Claimed) -> Result<Option<String>> {
    let Some(email) = claimed.email.as_ref().filter(|_| claimed.email_verified) else { return Ok(None) };
    let email = email.canonical();
    Ok(if tx.on().account_by_email(&email).await?.is_none() { Some(email) } else { None })
}

/// The person's name for the log and the pages.
fn name(claimed: &Claimed) -> String {
    let given = claimed.name.as_deref().and_then(hint::clean);
    let address = || claimed.email.as_ref().map(|email| email.as_str().chars().take(LONGEST_NAME).collect());
    given.or_else(address).unwrap_or_else(|| "Unnamed person".to_owned())
}
