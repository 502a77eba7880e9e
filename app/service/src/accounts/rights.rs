//! Rights on accounts, checked under their lock.

use licensing::Role;
use store::{Tx, accounts::Account};
use uuid::Uuid;

use crate::{Actor, ActorKind, Error, Result};

/// Admits the owner of the logins, and owners of the server.
pub(super) async fn may_end(tx: &mut Tx, account: Uuid, actor: &Actor) -> Result<()> {
    match actor.kind {
        ActorKind::Account(id) if id == account => Ok(()),
        _ => still_owner(tx, actor).await,
    }
}

/// Checks again, under the lock, that the actor is an owner: the role may have changed since the request was admitted.
pub(crate) async fn still_owner(tx: &mut Tx, actor: &Actor) -> Result<()> {
    let owns = match actor.kind {
        ActorKind::Account(id) => tx
            .on()
            .account(id)
            .await?
            .is_some_and(|account| account.role == Role::Owner && account.disabled_at.is_none()),
        ActorKind::Command | ActorKind::Server => true,
        ActorKind::ApiToken(_) | ActorKind::Setup | ActorKind::Device | ActorKind::Anonymous => false,
    };
    if owns { Ok(()) } else { Err(Error::Forbidden("Only an owner can do this.".to_owned())) }
}

/// Refuses to remove the last owner.
pub(super) async fn another_owner(tx: &mut Tx, owner: &Account) -> Result<()> {
    let others = tx.on().count_owners().await? - i64::from(owner.disabled_at.is_none());
    if others > 0 {
        return Ok(());
    }
    Err(Error::Conflict(format!("{} is the last owner: make another account an owner first.", owner.name)))
}

/// Reads the name of a role.
pub(super) fn read_role(name: &str) -> Result<Role, String> {
    Role::from_name(name).ok_or_else(|| "must be one of viewer, support, admin or owner".to_owned())
}
