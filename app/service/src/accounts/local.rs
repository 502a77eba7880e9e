//! Local sign-in: whether passwords are taken here, and who comes in where they are not. The last way in stays.

use std::collections::BTreeSet;

use store::{Connection, Tx, accounts::Account};
use uuid::Uuid;

use super::acts::still_owner;
use crate::{
    Actor, Error, Result, Service,
    licenses::read_reason,
    record::{Record, Subject},
};

/// The setting that says whether passwords are taken.
const LOCAL_SIGN_IN: &str = "local_sign_in";

impl Service {
    /// Tells the acts at which issuers people can sign in, as this server's settings have it. Once, at the start; until then
    /// nobody counts as somebody who comes in without a password.
    pub fn know_issuers(&self, issuers: impl IntoIterator<Item = String>) {
        _ = self.0.issuers.set(issuers.into_iter().collect());
    }

    /// Whether people can sign in at this issuer.
    pub(crate) fn knows_issuer(&self, issuer: &str) -> bool {
        self.0.issuers.get().is_some_and(|known| known.iter().any(|one| one == issuer))
    }

    /// Whether people may sign in with a password. Owners may turn that off; it is on at first.
    pub async fn local_sign_in(&self) -> Result<bool> {
        takes_passwords(&mut self.store().read().await?.on()).await
    }

    /// The owners who come in without a password: they may sign in, and have an identity of a provider of the settings.
    pub async fn owners_at_providers(&self) -> Result<BTreeSet<Uuid>> {
        self.find_owners_at_providers(&mut self.store().read().await?.on()).await
    }

    /// Takes no passwords any more: neither to sign in, nor as a proof, nor for an invitation. Whoever is signed in stays so.
    ///
    /// # Errors
    /// `Invalid` with the field `reason`; `Conflict` where no owner comes in without a password, or it is off already;
    /// `Forbidden` to whoever is no owner (any more).
    pub async fn turn_local_sign_in_off(&self, reason: &str, actor: &Actor) -> Result<()> {
        let reason = read_reason(reason)?;
        let mut tx = self.store().begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        if !takes_passwords(&mut tx.on()).await? {
            return Err(Error::Conflict("Local sign-in is off already.".to_owned()));
        }
        if self.find_owners_at_providers(&mut tx.on()).await?.is_empty() {
            return Err(Error::Conflict(
                "No owner has signed in at an identity provider of the settings: nobody could come in any more. Connect one to your account first."
                    .to_owned(),
            ));
        }
        self.turn(&mut tx, false, Some(reason), actor).await?;
        Ok(tx.commit().await?)
    }

    /// Takes passwords again.
    ///
    /// # Errors
    /// `Conflict` where it is on; `Forbidden` to whoever is no owner (any more).
    pub async fn turn_local_sign_in_on(&self, actor: &Actor) -> Result<()> {
        let mut tx = self.store().begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        if takes_passwords(&mut tx.on()).await? {
            return Err(Error::Conflict("Local sign-in is on already.".to_owned()));
        }
        self.turn(&mut tx, true, None, actor).await?;
        Ok(tx.commit().await?)
    }

    /// The same, for an owner who comes back by a link from the host. Nothing where it is on.
    pub(super) async fn open_local_sign_in(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        if takes_passwords(&mut tx.on()).await? {
            return Ok(());
        }
        let reason = Some("an owner came back by a link from the host".to_owned());
        self.turn(tx, true, reason, actor).await
    }

    async fn turn(&self, tx: &mut Tx, on: bool, reason: Option<String>, actor: &Actor) -> Result<()> {
        let now = self.clock().now();
        let (value, act) = if on { ("on", "account.local_sign_in_on") } else { ("off", "account.local_sign_in_off") };
        tx.put_server_setting(LOCAL_SIGN_IN, value, now).await?;
        let subject = Subject { kind: "setting", id: None, name: "local sign-in".to_owned(), license_id: None };
        Record::new(actor, act, subject).because(reason).write(tx, now).await
    }

    /// Whether this account is the only owner who comes in while no passwords are taken. It stays one, whoever asks.
    pub(crate) async fn is_last_way_in(&self, tx: &mut Tx, account: Uuid) -> Result<bool> {
        if takes_passwords(&mut tx.on()).await? {
            return Ok(false);
        }
        let owners = self.find_owners_at_providers(&mut tx.on()).await?;
        Ok(owners.len() == 1 && owners.contains(&account))
    }

    /// Refuses what would take the last owner away who comes in.
    pub(super) async fn keep_way_in(&self, tx: &mut Tx, owner: &Account) -> Result<()> {
        if !self.is_last_way_in(tx, owner.id).await? {
            return Ok(());
        }
        Err(Error::Conflict(format!(
            "{} is the last owner who can sign in, as no passwords are taken here: turn local sign-in on first, or have another owner sign in at a provider.",
            owner.name
        )))
    }

    async fn find_owners_at_providers(&self, on: &mut Connection<'_>) -> Result<BTreeSet<Uuid>> {
        let all = on.identities_of_owners().await?;
        Ok(all.into_iter().filter(|(_, issuer)| self.knows_issuer(issuer)).map(|(account, _)| account).collect())
    }
}

pub(crate) async fn takes_passwords(on: &mut Connection<'_>) -> Result<bool> {
    Ok(on.server_setting(LOCAL_SIGN_IN).await?.as_deref() != Some("off"))
}

/// What whoever brings a password is told where none are taken.
pub(crate) fn turned_off() -> Error {
    Error::Conflict("Passwords are not taken on this server: sign in with your identity provider.".to_owned())
}
