//! Filter for the list of licenses.

use chrono::{DateTime, Utc};
use licensing::license::{LicenseStatus, State};
use uuid::Uuid;

/// Filter for licenses. `text`, `code_hmac` and `fingerprint_hash` are alternatives; the other parts narrow the list.
#[derive(Clone, Debug, Default)]
pub struct LicenseFilter {
    /// Licenses whose customer, e-mail address, reference or code's last characters contain this text, both folded
    /// ([`licensing::fold()`]).
    pub text: Option<String>,
    /// `true` to exclude e-mail addresses from the search, for accounts that may not see them and could otherwise guess
    /// one letter by letter.
    pub without_email: bool,
    /// Or the license with exactly this code.
    pub code_hmac: Option<[u8; 32]>,
    /// Or the licenses with a device of exactly this fingerprint.
    pub fingerprint_hash: Option<[u8; 32]>,
    /// Only the licenses with these ids; all if it is empty.
    pub ids: Vec<Uuid>,
    /// Only licenses of this product.
    pub product_id: Option<Uuid>,
    /// Only licenses of these products; empty for all.
    pub products: Vec<Uuid>,
    /// Only licenses under this policy.
    pub policy_id: Option<Uuid>,
    /// Only licenses of the customer with exactly this name, folded.
    pub customer: Option<String>,
    /// Only licenses with exactly this e-mail address, folded.
    pub email: Option<String>,
    /// Only licenses with exactly this reference, folded.
    pub reference: Option<String>,
    /// Only licenses in this state.
    pub state: Option<State>,
    /// Only licenses with this status, as lists show it.
    pub status: Option<LicenseStatus>,
    /// Only licenses with this tag.
    pub tag: Option<String>,
    /// Only licenses that this job created.
    pub batch_id: Option<Uuid>,
    /// Only licenses that were created at this time or later.
    pub created_after: Option<DateTime<Utc>>,
    /// Only licenses that were created before this time.
    pub created_before: Option<DateTime<Utc>>,
    /// Only licenses that end at this time or later.
    pub ends_after: Option<DateTime<Utc>>,
    /// Only licenses that end before this time.
    pub ends_before: Option<DateTime<Utc>>,
    /// Only licenses with a device that was seen at this time or later.
    pub seen_after: Option<DateTime<Utc>>,
    /// Only licenses whose devices were all last seen before this time.
    pub seen_before: Option<DateTime<Utc>>,
    /// `true` for licenses that no device has ever activated.
    pub never_activated: bool,
    /// Only licenses with this use of their seats.
    pub seats: Option<SeatUse>,
    /// Order of the list. By default that of age, or another one that has an index for the filter.
    pub sort: Option<Sort>,
}

/// Use of a license's seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatUse {
    /// At least one seat is free.
    Free,
    /// No seat is free.
    Full,
    /// More devices hold a seat than the terms allow.
    Over,
}

/// Order of a list of licenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The value that determines the order.
    pub by: SortBy,
    /// `true` for the reverse order.
    pub descending: bool,
}

/// Value that determines the order of a list of licenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// Time of creation.
    Created,
    /// End. Licenses without one come last, in either direction.
    Ends,
    /// Name of the customer. Licenses without one come last, in either direction.
    Customer,
}

impl LicenseFilter {
    /// Returns `true` if the filter has a part that only the license itself answers, not the search index.
    pub(super) fn needs_whole_licenses(&self) -> bool {
        let own = self.product_id.is_some() || self.policy_id.is_some() || self.state.is_some();
        own || !self.ids.is_empty() || self.is_windowed()
    }

    /// Returns `true` if the filter has a part that no index supports in every order.
    pub(super) fn is_windowed(&self) -> bool {
        self.status.is_some()
            || !self.products.is_empty()
            || self.exact_keys().iter().any(|(_, text)| text.is_some())
            || self.tag.is_some()
            || self.batch_id.is_some()
            || self.created_after.is_some()
            || self.created_before.is_some()
            || self.ends_after.is_some()
            || self.ends_before.is_some()
            || self.seen_after.is_some()
            || self.seen_before.is_some()
            || self.never_activated
            || self.seats.is_some()
    }

    /// The columns of folded texts that must be equal to a text.
    pub(super) fn exact_keys(&self) -> [(&'static str, Option<&String>); 3] {
        // The most selective first.
        [
            ("reference_key", self.reference.as_ref()),
            ("email_key", self.email.as_ref()),
            ("customer_key", self.customer.as_ref()),
        ]
    }
}

/// Narrows a query of licenses `l` that has a `WHERE` by the license's own columns and tags.
macro_rules! narrow {
    ($sql:ident, $filter:expr, $now:expr) => {
        if !$filter.ids.is_empty() {
            $sql.push(" AND l.id IN (");
            let mut list = $sql.separated(", ");
            for id in &$filter.ids {
                list.push_bind(*id);
            }
            $sql.push(")");
        }
        if let Some(id) = $filter.product_id {
            $sql.push(" AND l.product_id = ").push_bind(id);
        }
        if !$filter.products.is_empty() {
            $sql.push(" AND l.product_id IN (");
            let mut list = $sql.separated(", ");
            for id in $crate::desk::padded(&$filter.products) {
                list.push_bind(*id);
            }
            $sql.push(")");
        }
        if let Some(id) = $filter.policy_id {
            $sql.push(" AND l.policy_id = ").push_bind(id);
        }
        for (key, text) in $filter.exact_keys() {
            if let Some(text) = text {
                $sql.push(" AND l.").push(key).push(" = ").push_bind(licensing::fold(text).into_bytes());
            }
        }
        if let Some(state) = $filter.state {
            $sql.push(" AND l.state = ").push_bind(state.name());
            if state != licensing::license::State::Active {
                // The partial indexes on other states have exactly this condition.
                $sql.push(" AND l.state <> 'active'");
            }
        }
        if let Some(status) = $filter.status {
            $crate::licenses::filter::of_status!($sql, status, $now);
        }
        if let Some(id) = $filter.batch_id {
            $sql.push(" AND l.batch_id = ").push_bind(id);
        }
        $crate::licenses::filter::in_age!($sql, $filter);
        $crate::licenses::filter::in_time!($sql, $filter);
        if $filter.never_activated {
            $sql.push(" AND l.first_activated_at IS NULL");
        }
        if let Some(tag) = &$filter.tag {
            $sql.push(" AND EXISTS (SELECT 1 FROM license_tags t WHERE t.license_id = l.id AND t.tag = ");
            $sql.push_bind(tag.clone()).push(")");
        }
    };
}
pub(super) use narrow;

/// Narrows a query of licenses `l` by the times of their creation.
macro_rules! in_age {
    ($sql:ident, $filter:expr) => {
        if let Some(at) = $filter.created_after {
            $sql.push(" AND l.created_at >= ").push_bind(at);
        }
        if let Some(at) = $filter.created_before {
            $sql.push(" AND l.created_at < ").push_bind(at);
        }
    };
}
pub(super) use in_age;

/// Narrows a query of licenses `l` by their ends.
macro_rules! in_time {
    ($sql:ident, $filter:expr) => {
        if let Some(at) = $filter.ends_after {
            $sql.push(" AND l.ends_at >= ").push_bind(at);
        }
        if let Some(at) = $filter.ends_before {
            $sql.push(" AND l.ends_at < ").push_bind(at);
        }
    };
}
pub(super) use in_time;

/// Narrows a query of licenses `l` to a status, as `licensing::license::status` computes it.
macro_rules! of_status {
    ($sql:ident, $status:expr, $now:expr) => {
        // Ends are compared by whole seconds, so a license ends with the second before this one.
        let (next, soon) = $crate::licenses::filter::bounds($now);
        match $status {
            licensing::license::LicenseStatus::Revoked => {
                $sql.push(" AND l.state = 'revoked'");
            }
            licensing::license::LicenseStatus::Ended => {
                $sql.push(" AND l.state <> 'revoked' AND l.ends_at < ").push_bind(next);
            }
            licensing::license::LicenseStatus::Suspended => {
                $sql.push(" AND l.state = 'suspended' AND (l.ends_at IS NULL OR l.ends_at >= ");
                $sql.push_bind(next).push(")");
            }
            licensing::license::LicenseStatus::Ending => {
                $sql.push(" AND l.state = 'active' AND l.ends_at >= ").push_bind(next);
                $sql.push(" AND l.ends_at < ").push_bind(soon);
            }
            licensing::license::LicenseStatus::NotStarted => {
                $sql.push(" AND l.state = 'active' AND l.first_activated_at IS NULL AND (l.ends_at IS NULL OR ");
                $sql.push("l.ends_at >= ").push_bind(soon).push(")");
            }
            licensing::license::LicenseStatus::Active => {
                $sql.push(" AND l.state = 'active' AND l.first_activated_at IS NOT NULL AND (l.ends_at IS NULL OR ");
                $sql.push("l.ends_at >= ").push_bind(soon).push(")");
            }
        }
    };
}
pub(super) use of_status;

/// Narrows a query of licenses `l` by what their devices do. Evaluated last: it reads devices of each license.
macro_rules! narrow_by_devices {
    ($sql:ident, $filter:expr, $now:expr) => {
        if let Some(usage) = $filter.seats {
            let (side, unlimited) = match usage {
                $crate::licenses::SeatUse::Free => (" < ", "1"),
                $crate::licenses::SeatUse::Full => (" >= ", "0"),
                $crate::licenses::SeatUse::Over => (" > ", "0"),
            };
            $sql.push(" AND COALESCE((SELECT COUNT(*) FROM activations a WHERE a.license_id = l.id ");
            $sql.push("AND a.hold_until > ").push_bind($now).push(")").push(side);
            $sql.push("(SELECT s.seat_limit FROM licenses s WHERE s.id = l.id), 1 = ").push(unlimited).push(")");
        }
        for (time, side) in [($filter.seen_after, " >= "), ($filter.seen_before, " < ")] {
            if let Some(at) = time {
                // Of the devices whose holds end last, as in the rows of lists.
                $sql.push(" AND (SELECT MAX(h.last_seen_at) FROM (SELECT a.last_seen_at FROM activations a ");
                $sql.push("WHERE a.license_id = l.id ORDER BY a.hold_until DESC LIMIT 100) h)");
                $sql.push(side).push_bind(at);
            }
        }
    };
}
pub(super) use narrow_by_devices;

/// Begins a query of licenses `l`, newest first, after or before a place.
macro_rules! after_place {
    ($sql:ident, $paging:expr) => {
        let place = match $paging {
            $crate::Paging::First => None,
            $crate::Paging::After(place) => Some((place, "<")),
            $crate::Paging::Before(place) => Some((place, ">")),
        };
        if let Some((place, side)) = place {
            $sql.push(" AND (l.created_at, l.id) ").push(side).push(" (").push_bind(place.at);
            $sql.push(", ").push_bind(place.id).push(")");
        }
    };
}
pub(super) use after_place;

/// Returns the first end that is not past, and the first that is not soon.
pub(super) fn bounds(now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let next = DateTime::from_timestamp(now.timestamp() + 1, 0).unwrap_or(now);
    (next, licensing::license::ENDS_SOON.after(now))
}
