//! Browser logins: stored under a hash of their id, and never restored once ended.

use licensing::{EventKind, Role, SubjectKind};
pub use store::logins::{Login, LoginRow};
use uuid::Uuid;

use crate::{
    Actor, Error, Identities, Origin, Result,
    audit::{Record, Subject},
    crypto::vault::sha256,
    identity::failed_sign_ins::REMEMBERED,
};

/// Maximum number of logins in a list.
const LISTED: i64 = 200;

impl Identities {
    /// Stores a new login under this id, a secret of at least 128 random bits.
    ///
    /// # Errors
    /// `Forbidden` if the account was disabled while the sign-in was in progress.
    pub async fn create_login(&self, id: &[u8], login: &Login) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let role = match login.account_id {
            Some(account) => {
                let account = tx.lock_account(account).await?.filter(|account| account.disabled_at.is_none());
                Some(account.ok_or_else(|| Error::Forbidden("This account may not sign in.".to_owned()))?.role)
            }
            None => None::<Role>,
        };
        tx.insert_login(&sha256(id), login, (self.clock.id(), role), self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Saves a login unless it has been ended meanwhile, so that a slow request cannot restore it.
    pub async fn save_login(&self, id: &[u8], login: &Login) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.update_login(&sha256(id), login).await?;
        Ok(tx.commit().await?)
    }

    /// The login with that id, unless it has expired.
    pub async fn login(&self, id: &[u8]) -> Result<Option<Login>> {
        let now = self.clock.now();
        Ok(self.store.read().await?.on().login(&sha256(id), now).await?)
    }

    /// Returns the public id under which the login with this secret id is listed.
    pub async fn login_id(&self, id: &[u8]) -> Result<Option<Uuid>> {
        Ok(self.store.read().await?.on().login_id(&sha256(id)).await?)
    }

    /// Returns `true` if the account's role has changed since the login was created or last renewed.
    pub async fn login_is_outgrown(&self, id: &[u8]) -> Result<bool> {
        Ok(self.store.read().await?.on().login_is_outgrown(&sha256(id)).await?)
    }

    /// Replaces a login's id by `fresh`. The old id stops working at once, except that it still ends the login: a
    /// person who signs out during the renewal is signed out. `false` if the login has already ended.
    pub async fn renew_login(&self, id: &[u8], fresh: &[u8]) -> Result<bool> {
        let mut tx = self.store.begin().await?;
        let renewed = tx.renew_login(&sha256(id), &sha256(fresh)).await?;
        tx.commit().await?;
        Ok(renewed)
    }

    /// Ends a login at once, for every request that still carries its id.
    pub async fn end_login(&self, id: &[u8]) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.delete_login(&sha256(id)).await?;
        Ok(tx.commit().await?)
    }

    /// Signs a person out: ends the login as [`end_login`](Self::end_login) does, and records the event unless it had
    /// already ended.
    #[tracing::instrument(skip_all)]
    pub async fn sign_out(&self, id: &[u8], origin: Origin) -> Result<()> {
        let mut tx = self.store.begin().await?;
        if let Some(account) = tx.delete_login(&sha256(id)).await? {
            let name = tx.on().account(account).await?.map(|account| account.name).unwrap_or_default();
            let actor = Actor::account(account, &name, origin);
            let out =
                Record::new(&actor, EventKind::AccountSignedOut, Subject::new(SubjectKind::Account, account, name));
            out.write(&mut tx, self.clock.now()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The logins of one account, or of all, most recently seen first.
    pub async fn logins(&self, of: Option<Uuid>) -> Result<Vec<LoginRow>> {
        let now = self.clock.now();
        Ok(self.store.read().await?.on().logins(of, now, LISTED).await?)
    }

    /// Deletes expired logins and old failed sign-ins. Returns the number of logins.
    pub async fn sweep_logins(&self) -> Result<u64> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        let swept = tx.delete_expired_logins(now).await?;
        tx.sweep_failed_sign_ins(REMEMBERED.before(now)).await?;
        tx.commit().await?;
        Ok(swept)
    }
}
