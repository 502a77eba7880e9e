//! The search index: folding the texts of licenses, and filling a database without the index.

use crate::{Licenses, Result};

impl Licenses {
    /// Folds the texts of some licenses written by an earlier version, so that searches find them. Returns `true` if
    /// there may be more. Each call is a short transaction that leaves room for the desk.
    pub async fn fold_some_licenses(&self) -> Result<bool> {
        /// Number of licenses per call.
        const SOME: i64 = 256;
        let licenses = self.store.read().await?.on().unfolded_licenses(SOME).await?;
        if licenses.is_empty() {
            return Ok(false);
        }
        let mut tx = self.store.begin().await?;
        tx.fold_licenses(&licenses).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Drops the search index of PostgreSQL, before many licenses are issued. The next start creates it again.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn drop_search_index(&self) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.drop_search_index().await?;
        Ok(tx.commit().await?)
    }
}
