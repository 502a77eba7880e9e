//! Local sign-in: turning passwords on and off. The last owner who can sign in always keeps a way to do so.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use licensing::{EventKind, SubjectKind};
use store::{Connection, Store, Tx, accounts::Account};
use uuid::Uuid;

use super::rights::still_owner;
use crate::{
    Actor, Clock, Error, Result,
    audit::{Record, Subject},
    base::Base,
    reason::read_reason,
};

/// Name of the setting that turns password sign-in on or off.
const LOCAL_SIGN_IN: &str = "local_sign_in";

/// Password sign-in: its switch, and the owners who do not need it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LocalSignIn {
    store: Store,
    clock: Clock,
    /// The identity providers of the settings, once [`know_issuers`](Self::know_issuers) has set them.
    issuers: Arc<OnceLock<Vec<String>>>,
}

impl LocalSignIn {
    pub(crate) fn new(base: &Base) -> Self {
        let Base { store, clock, .. } = base.clone();
        Self { store, clock, issuers: Arc::default() }
    }

    /// Sets the issuers at which people can sign in, from this server's settings. Must be called once, at the start;
    /// until then no account counts as able to sign in without a password.
    pub fn know_issuers(&self, issuers: impl IntoIterator<Item = String>) {
        _ = self.issuers.set(issuers.into_iter().collect());
    }

    /// Returns `true` if people can sign in at this issuer.
    pub(crate) fn knows_issuer(&self, issuer: &str) -> bool {
        self.issuers.get().is_some_and(|known| known.iter().any(|one| one == issuer))
    }

    /// Returns `true` if people may sign in with a password. On by default; owners may turn it off.
    pub async fn is_on(&self) -> Result<bool> {
        accepts_passwords(&mut self.store.read().await?.on()).await
    }

    /// The owners who can sign in without a password: enabled ones with an identity at a provider of the settings.
    pub async fn owners_at_providers(&self) -> Result<BTreeSet<Uuid>> {
        self.find_owners_at_providers(&mut self.store.read().await?.on()).await
    }

    /// Turns password sign-in off: passwords are no longer accepted to sign in, as a fresh proof, or for an invitation.
    /// People who are signed in stay signed in.
    ///
    /// # Errors
    /// `Invalid` with the field `reason`; `Conflict` if no owner can sign in without a password, or it is already off;
    /// `Forbidden` if the actor is not, or no longer, an owner.
    #[tracing::instrument(skip_all)]
    pub async fn turn_off(&self, reason: &str, actor: &Actor) -> Result<()> {
        let reason = read_reason(reason)?;
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        if !accepts_passwords(&mut tx.on()).await? {
            return Err(Error::Conflict("Local sign-in is already off.".to_owned()));
        }
        if self.find_owners_at_providers(&mut tx.on()).await?.is_empty() {
            return Err(Error::Conflict(
                "No owner has signed in at an identity provider of the settings, so no owner could sign in. Connect one to your account first."
                    .to_owned(),
            ));
        }
        self.turn(&mut tx, false, Some(reason), actor).await?;
        Ok(tx.commit().await?)
    }

    /// Turns password sign-in on again.
    ///
    /// # Errors
    /// `Conflict` if it is already on; `Forbidden` if the actor is not, or no longer, an owner.
    #[tracing::instrument(skip_all)]
    pub async fn turn_on(&self, actor: &Actor) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        if accepts_passwords(&mut tx.on()).await? {
            return Err(Error::Conflict("Local sign-in is already on.".to_owned()));
        }
        self.turn(&mut tx, true, None, actor).await?;
        Ok(tx.commit().await?)
    }

    /// Turns password sign-in on for an owner who uses a recovery link. Does nothing if it is on.
    pub(super) async fn open(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        if accepts_passwords(&mut tx.on()).await? {
            return Ok(());
        }
        let reason = Some("an owner came back by a link from the host".to_owned());
        self.turn(tx, true, reason, actor).await
    }

    async fn turn(&self, tx: &mut Tx, on: bool, reason: Option<String>, actor: &Actor) -> Result<()> {
        let now = self.clock.now();
        let (value, kind) =
            if on { ("on", EventKind::AccountLocalSignInOn) } else { ("off", EventKind::AccountLocalSignInOff) };
        tx.put_server_setting(LOCAL_SIGN_IN, value, now).await?;
        let subject =
            Subject { kind: SubjectKind::Setting, id: None, name: "local sign-in".to_owned(), license_id: None };
        Record::new(actor, kind, subject).because(reason).write(tx, now).await
    }

    /// Returns `true` if passwords are off and this account is the only owner who can sign in. It must then stay an
    /// owner.
    pub(crate) async fn is_last_way_in(&self, tx: &mut Tx, account: Uuid) -> Result<bool> {
        if accepts_passwords(&mut tx.on()).await? {
            return Ok(false);
        }
        let owners = self.find_owners_at_providers(&mut tx.on()).await?;
        Ok(owners.len() == 1 && owners.contains(&account))
    }

    /// Refuses an act that would take away the last owner who can sign in.
    pub(super) async fn keep_way_in(&self, tx: &mut Tx, owner: &Account) -> Result<()> {
        if !self.is_last_way_in(tx, owner.id).await? {
            return Ok(());
        }
        Err(Error::Conflict(format!(
            "{} is the last owner who can sign in while local sign-in is off: turn it on first, or have another owner sign in with an identity provider.",
            owner.name
        )))
    }

    async fn find_owners_at_providers(&self, on: &mut Connection<'_>) -> Result<BTreeSet<Uuid>> {
        let all = on.identities_of_owners().await?;
        Ok(all.into_iter().filter(|(_, issuer)| self.knows_issuer(issuer)).map(|(account, _)| account).collect())
    }
}

pub(crate) async fn accepts_passwords(on: &mut Connection<'_>) -> Result<bool> {
    Ok(on.server_setting(LOCAL_SIGN_IN).await?.as_deref() != Some("off"))
}

/// The error for a password when password sign-in is off.
pub(crate) fn turned_off() -> Error {
    Error::Conflict("Passwords are not taken on this server: sign in with your identity provider.".to_owned())
}
