//! Who runs this server.

use store::provider::Provider;

use crate::{Result, Service};

impl Service {
    /// The provider, as the owner set it up; an empty name before that.
    pub async fn provider(&self) -> Result<Provider> {
        Ok(self.store().read().await?.on().provider().await?.unwrap_or_default())
    }
}
