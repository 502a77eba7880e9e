//! Licenses that match a filter, for an act on all of them.

use licensing::license::{State, ends_at};
use store::{
    Paging,
    licenses::{License, LicenseFilter, LicenseRow},
};
use uuid::Uuid;

use crate::{LicenseQuery, Licenses, MOST_ITEMS, Result};

/// Number of licenses that are read at a time.
const PART: usize = 500;
/// Maximum number of reads. A filter that no index supports looks through 2,000 licenses with each.
const MOST_READS: usize = 100;
/// Number of licenses that are kept whole, as examples.
const EXAMPLES: usize = 3;

/// Licenses that match a filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Their ids, newest first.
    pub ids: Vec<Uuid>,
    /// The first of them.
    pub examples: Vec<License>,
    /// Number of seats that their devices hold.
    pub seats: u64,
    /// Number of suspended licenses.
    pub suspended: u64,
    /// Number of revoked licenses.
    pub revoked: u64,
    /// Number of licenses that are not revoked and have no end, or none yet.
    pub endless: u64,
    /// `false` if more licenses match than a job can have, or than can be searched in reasonable time.
    pub is_complete: bool,
}

impl Licenses {
    /// Returns the licenses that match a query, up to the number that a job can have.
    ///
    /// # Errors
    /// `Invalid` for each part of the query that cannot be read: ignoring it would select more than was meant.
    /// `Unavailable`.
    pub async fn select(&self, query: &LicenseQuery) -> Result<Selection> {
        let (filter, wrong) = self.read_filter(query).await?;
        self.select_matching(&wrong.or(filter)?).await
    }

    /// Returns the licenses that match a filter, up to the number that a job can have.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn select_matching(&self, filter: &LicenseFilter) -> Result<Selection> {
        // Not in the order of the filter: by a value that changes meanwhile, a license could move past its reader.
        let filter = LicenseFilter { sort: None, ..filter.clone() };
        let (mut selection, mut next) = (Selection::default(), Some(Paging::First));
        let now = self.clock.now();
        for _ in 0..MOST_READS {
            let Some(paging) = next.take() else { break };
            let page = self.store.read().await?.on().licenses(&filter, paging, PART, now).await?;
            next = page.next.map(Paging::After);
            page.rows.into_iter().for_each(|row| selection.add(row));
            if selection.ids.len() > MOST_ITEMS {
                return Ok(selection);
            }
        }
        Ok(Selection { is_complete: next.is_none(), ..selection })
    }
}

impl Selection {
    /// Number of licenses.
    pub fn count(&self) -> u64 {
        u64::try_from(self.ids.len()).unwrap_or(u64::MAX)
    }

    fn add(&mut self, row: LicenseRow) {
        let (terms, license) = (row.policy_terms.with(&row.license.overrides), row.license);
        self.ids.push(license.id);
        self.seats += u64::try_from(row.seats_used).unwrap_or_default();
        match license.state {
            State::Active => {}
            State::Suspended => self.suspended += 1,
            State::Revoked => self.revoked += 1,
        }
        let end = ends_at(terms.validity, license.issued_at, license.first_activated_at);
        if license.state != State::Revoked && end.is_none() {
            self.endless += 1;
        }
        if self.examples.len() < EXAMPLES {
            self.examples.push(license);
        }
    }
}
