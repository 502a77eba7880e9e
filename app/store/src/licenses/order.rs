//! Orders of the list of licenses, the index that each is read in, and the places of pages.
//!
//! An order by a value that some licenses lack has two parts: the licenses with the value, and then, in either direction,
//! those without it.

use licensing::{fold, license::LicenseStatus};

use super::{License, LicenseRow, Sort, SortBy, filter::LicenseFilter};
use crate::{Cursor, Paging};

/// The index that a list is read in, and its direction.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    pub(super) key: Key,
    pub(super) descending: bool,
    pub(super) part: Part,
}

/// The part of a list that a query reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Licenses with the value that orders the list; all licenses if each has it.
    Valued,
    /// Licenses without it.
    Unvalued,
}

/// The values that order a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Time of creation.
    Created,
    /// End.
    Ends,
    /// Name of the customer.
    Customer,
    /// Id, among the licenses of a tag. Ids are in the order of creation.
    Tag,
    /// Id, among the licenses of a job.
    Batch,
}

impl List {
    /// All licenses, newest first.
    pub(super) const BY_AGE: Self = Self::new(Key::Created, true);

    const fn new(key: Key, descending: bool) -> Self {
        Self { key, descending, part: Part::Valued }
    }

    /// The list for a filter.
    pub(super) fn of(filter: &LicenseFilter) -> Self {
        let by_age = |descending| {
            let key = match (filter.batch_id, &filter.tag) {
                // The ids themselves are an index.
                _ if !filter.ids.is_empty() => Key::Created,
                (Some(_), _) => Key::Batch,
                (None, Some(_)) => Key::Tag,
                (None, None) => Key::Created,
            };
            Self::new(key, descending)
        };
        match filter.sort {
            Some(Sort { by: SortBy::Created, descending }) => by_age(descending),
            Some(Sort { by: SortBy::Ends, descending }) => Self::new(Key::Ends, descending),
            Some(Sort { by: SortBy::Customer, descending }) => Self::new(Key::Customer, descending),
            None if filter.batch_id.is_some() || filter.tag.is_some() => by_age(true),
            // The latest ends first if all are past, otherwise the next ones.
            None => match filter.status {
                Some(LicenseStatus::Ended) => Self::new(Key::Ends, true),
                Some(LicenseStatus::Ending) => Self::new(Key::Ends, false),
                _ if filter.ends_before.is_some() => Self::new(Key::Ends, false),
                _ => by_age(true),
            },
        }
    }

    /// The place of a license in this list.
    pub(super) fn place(self, license: &License) -> Cursor {
        let at = match self.key {
            Key::Ends => license.ends_at.unwrap_or(license.created_at),
            Key::Created | Key::Customer | Key::Tag | Key::Batch => license.created_at,
        };
        Cursor { at, id: license.id }
    }

    /// Sorts the rows of a page into the order in which it was read.
    pub(super) fn sort(self, rows: &mut [LicenseRow], paging: Paging) {
        match self.key {
            Key::Created => rows.sort_unstable_by_key(|row| (row.license.created_at, row.license.id)),
            Key::Ends => rows.sort_unstable_by_key(|row| (row.license.ends_at, row.license.id)),
            Key::Customer => rows.sort_by_cached_key(|row| (row.license.customer.as_deref().map(fold), row.license.id)),
            Key::Tag | Key::Batch => rows.sort_unstable_by_key(|row| row.license.id),
        }
        if self.is_read_backwards(paging) {
            rows.reverse();
        }
        let is_first = |row: &LicenseRow| self.is_valued(&row.license) != matches!(paging, Paging::Before(_));
        rows.sort_by_key(|row| !is_first(row));
    }

    /// Returns `true` if the license has the value that orders this list.
    fn is_valued(self, license: &License) -> bool {
        match self.key {
            Key::Ends => license.ends_at.is_some(),
            Key::Customer => license.customer.is_some(),
            Key::Created | Key::Tag | Key::Batch => true,
        }
    }

    /// Returns `true` if the filter admits licenses that lack the value that orders this list.
    pub(super) fn has_two_parts(self, filter: &LicenseFilter) -> bool {
        match self.key {
            Key::Ends => {
                let has_end = matches!(filter.status, Some(LicenseStatus::Ended | LicenseStatus::Ending));
                !has_end && filter.ends_after.is_none() && filter.ends_before.is_none()
            }
            Key::Customer => true,
            Key::Created | Key::Tag | Key::Batch => false,
        }
    }

    pub(super) fn is_read_backwards(self, paging: impl Into<Reading>) -> bool {
        self.descending != paging.into().is_before
    }

    /// Returns `true` if the filter has a part that this list's index does not support.
    pub(super) fn is_windowed(self, filter: &LicenseFilter) -> bool {
        if !filter.ids.is_empty() {
            return false;
        }
        let others = filter.product_id.is_some() || filter.policy_id.is_some() || filter.state.is_some();
        match self.key {
            Key::Created => filter.is_windowed(),
            Key::Ends => others || filter.is_windowed(),
            Key::Customer | Key::Tag | Key::Batch => true,
        }
    }
}

/// The remainder of a condition that the value of a list exists, or that it does not.
pub(super) const fn not_null(part: Part) -> &'static str {
    match part {
        Part::Valued => "NOT NULL",
        Part::Unvalued => "NULL",
    }
}

/// The place from which a part of a list is read; its beginning or its end if there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) place: Option<Cursor>,
    pub(super) is_before: bool,
}

impl From<Paging> for Reading {
    fn from(paging: Paging) -> Self {
        match paging {
            Paging::First => Self { place: None, is_before: false },
            Paging::After(place) => Self { place: Some(place), is_before: false },
            Paging::Before(place) => Self { place: Some(place), is_before: true },
        }
    }
}
