//! The account of a request.

use uuid::Uuid;

use crate::{Accounts, Result, SignedIn};

impl Accounts {
    /// The account behind a login, in its current state. `None` if the account is gone or may no longer sign in. Called
    /// on every request, so that a changed role applies from the next one.
    pub async fn signed_in(&self, account: Uuid) -> Result<Option<SignedIn>> {
        let account = self.store.read().await?.on().account(account).await?;
        Ok(account.filter(|a| a.disabled_at.is_none()).map(|a| SignedIn { id: a.id, name: a.name, role: a.role }))
    }

    /// Returns `true` if the server has an owner.
    pub async fn has_owner(&self) -> Result<bool> {
        Ok(self.store.read().await?.on().has_owner().await?)
    }
}
