//! Checks of offline files before the rules.

use licensing::Invalid;
use store::{Connection, offline::OfflineFile};

use super::replayed::REPLAYED;
use crate::{Error, Result};

/// Checks that the offline request or release has not been used.
pub(crate) async fn check_unused(on: &mut Connection<'_>, file: &OfflineFile) -> Result<()> {
    let hash = file.paper_hash.as_slice().try_into().map_err(Error::defect)?;
    if on.used_offline_files(&[hash]).await?.is_empty() { Ok(()) } else { Err(Invalid::one("jti", REPLAYED).into()) }
}

/// Checks that the offline request or release names the product of the license.
pub(crate) fn check_product(product: &str, licensed: &str) -> Result<()> {
    if product == licensed {
        return Ok(());
    }
    Err(Invalid::one("aud", format!("names the product “{product}”, but the license is for “{licensed}”")).into())
}
