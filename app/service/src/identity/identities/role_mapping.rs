//! Mapping a provider's claims to an account's role.

use licensing::Role;
use store::{Tx, accounts::Account};

use crate::{Identities, Result};

/// The effect of claims on an account's role.
pub(super) enum RoleUpdate {
    Keep(Role),
    Change(Role),
    Revoke,
}

impl Identities {
    /// Returns the effect of the claims on an account's role. The last owner stays an owner, and so does the last one
    /// who can sign in, whatever the claims.
    pub(super) async fn role_update(
        &self,
        tx: &mut Tx,
        account: &Account,
        claimed: Option<Role>,
    ) -> Result<RoleUpdate> {
        let mapped = tx.on().mapped_role(account.id).await? == Some(account.role);
        if !mapped || claimed == Some(account.role) {
            return Ok(RoleUpdate::Keep(account.role));
        }
        if account.role == Role::Owner
            && (!tx.on().has_other_owner(account.id).await?
                || self.local_sign_in.is_last_way_in(tx, account.id).await?)
        {
            tracing::warn!(account = %account.id, "the provider’s claims would demote the last owner: the account stays an owner");
            return Ok(RoleUpdate::Keep(Role::Owner));
        }
        Ok(claimed.map_or(RoleUpdate::Revoke, RoleUpdate::Change))
    }
}
