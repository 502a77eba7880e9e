//! The licenses of a bulk act that is given by a filter.

use licensing::Invalid;
use store::{Paging, licenses::LicenseFilter};
use uuid::Uuid;

use super::{Jobs, MOST_ITEMS};
use crate::Result;

/// Number of licenses that are read at a time.
const PART: usize = 500;

impl Jobs {
    /// Returns the ids of all licenses that match a filter.
    ///
    /// # Errors
    /// `Invalid` with the field `filter` if there are more than 10,000.
    pub async fn matching_licenses(&self, filter: &LicenseFilter) -> Result<Vec<Uuid>> {
        // Some orders leave out licenses, such as those without an end.
        let filter = LicenseFilter { sort: None, ..filter.clone() };
        let (mut ids, mut next) = (vec![], Some(Paging::First));
        while let Some(paging) = next.take() {
            let now = self.clock.now();
            let page = self.store.read().await?.on().licenses(&filter, paging, PART, now).await?;
            ids.extend(page.rows.iter().map(|row| row.license.id));
            if ids.len() > MOST_ITEMS {
                return Err(Invalid::one("filter", "matches more than 10,000 licenses: narrow it").into());
            }
            next = page.next.map(Paging::After);
        }
        Ok(ids)
    }
}
