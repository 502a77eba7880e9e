//! Browser logins: kept under a hash of their id, and never brought back once they were ended.

pub use store::logins::Login;

use crate::{Result, Service, vault::sha256};

impl Service {
    /// Keeps a new login under this id, which is a secret of at least 128 random bits.
    pub async fn create_login(&self, id: &[u8], login: &Login) -> Result<()> {
        let mut tx = self.store().begin().await?;
        tx.insert_login(&sha256(id), login, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    /// Saves a login, unless it was ended meanwhile: a slow request does not bring it back.
    pub async fn save_login(&self, id: &[u8], login: &Login) -> Result<()> {
        let mut tx = self.store().begin().await?;
        tx.update_login(&sha256(id), login).await?;
        Ok(tx.commit().await?)
    }

    /// The login of that id, unless it has expired.
    pub async fn login(&self, id: &[u8]) -> Result<Option<Login>> {
        let now = self.clock().now();
        Ok(self.store().read().await?.on().login(&sha256(id), now).await?)
    }

    /// Ends a login at once, for every request that still carries its id.
    pub async fn end_login(&self, id: &[u8]) -> Result<()> {
        let mut tx = self.store().begin().await?;
        tx.delete_login(&sha256(id)).await?;
        Ok(tx.commit().await?)
    }

    /// Removes what is left of logins that have expired; how many there were.
    pub async fn sweep_logins(&self) -> Result<u64> {
        let mut tx = self.store().begin().await?;
        let swept = tx.delete_expired_logins(self.clock().now()).await?;
        tx.commit().await?;
        Ok(swept)
    }
}
