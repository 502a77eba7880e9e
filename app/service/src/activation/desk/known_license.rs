//! A license of a batch, with its facts.

use chrono::{DateTime, Utc};
use licensing::{
    Email,
    activation::{LicenseFacts, SeatCount, Snapshot},
    license::ends_at,
    terms::Validity,
};
use store::desk::{DeskLicense, LapsedSeat};
use uuid::Uuid;

/// A license of the batch.
pub(super) struct KnownLicense {
    pub(super) row: DeskLicense,
    pub(super) facts: LicenseFacts,
    pub(super) snapshot: Snapshot,
    pub(super) seats: SeatCount,
    /// `true` once [`seats`](Self::seats) is known.
    pub(super) is_counted: bool,
    /// Seats that can be taken over, the one whose lease ended first at the front.
    pub(super) lapsed: Vec<LapsedSeat>,
}

impl KnownLicense {
    pub(super) fn new(row: DeskLicense) -> store::Result<Self> {
        let terms = row.policy_terms.with(&row.overrides);
        let snapshot =
            Snapshot::new(row.policy_name.clone(), row.customer.clone(), &terms, &row.product_features, &row.features);
        let facts = LicenseFacts {
            lifecycle: row.lifecycle,
            state: row.state,
            terms,
            email: email_of(row.id, row.email.as_deref())?,
            issued_at: row.issued_at,
            first_activated_at: row.first_activated_at,
        };
        Ok(Self { row, facts, snapshot, seats: SeatCount::default(), is_counted: false, lapsed: vec![] })
    }

    /// Returns the end of the license if a first activation at `now` gives it one.
    pub(super) fn end_after_start(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let validity = self.facts.terms.validity;
        let starts = matches!(validity, Validity::FromFirstActivation(_));
        ends_at(validity, self.facts.issued_at, Some(now)).filter(|_| starts)
    }

    pub(super) fn set_seats(&mut self, used: u32, next_at: Option<DateTime<Utc>>) {
        (self.seats, self.is_counted) = (SeatCount { used, next_at, lapsed: 0 }, true);
    }

    pub(super) fn count_lapsed(&mut self) {
        self.seats.lapsed = u32::try_from(self.lapsed.len()).unwrap_or(u32::MAX);
    }
}

/// Reads the stored address of a license.
///
/// # Errors
/// `Inconsistent` if it is not a valid address. Ignoring it would refuse devices for sending a different address.
pub(crate) fn email_of(license: Uuid, stored: Option<&str>) -> store::Result<Option<Email>> {
    let read = |text| Email::stored(text).ok_or_else(|| store::Error::inconsistent("licenses", "email", license));
    stored.map(read).transpose()
}
