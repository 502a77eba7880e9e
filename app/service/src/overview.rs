//! The overview of a whole server: licenses by status, seats, and the activity of the last days.
//!
//! Like the [counts](crate::Counts), it is computed on request while that is cheap, otherwise in the background.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use licensing::{
    Span,
    license::{LicenseStatus, ends_at, status},
};
use store::Store;
use uuid::Uuid;

use crate::{Clock, Result};

/// Number of licenses that one query looks at.
pub(crate) const PART: i64 = 20_000;
/// Number of events that one query counts.
const EVENTS: i64 = 5_000;
/// Number of days of activity, including today.
const DAYS: i64 = 30;
/// The times after which [`Overview::lasting`] counts.
pub const LASTING: [Span; 4] = [Span::hours(1), Span::days(1), Span::days(7), Span::days(30)];

/// A server at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Time of the count.
    pub at: DateTime<Utc>,
    /// Licenses in every state.
    pub licenses: u64,
    /// Licenses under which devices can run: active ones, with or without a device yet, that have not ended.
    pub active: u64,
    /// Those of them that no device has activated yet.
    pub not_started: u64,
    /// Those of them that end within seven days.
    pub ending_in_week: u64,
    /// Those of them that end within thirty days.
    pub ending_in_month: u64,
    /// Seats in use.
    pub seats: u64,
    /// Those of them on active licenses that limit the number.
    pub seats_of_sold: u64,
    /// Those of them on active licenses for any number of devices.
    pub seats_unlimited: u64,
    /// Seats of the active licenses, without those of any number.
    pub sold: u64,
    /// Active licenses for any number of devices.
    pub unlimited: u64,
    /// Seats that would still be held after each of [`LASTING`], if no device could renew.
    pub lasting: [u64; 4],
    /// The activity of each day, oldest first; the last is today.
    pub days: Vec<DayActivity>,
}

/// The activity of one day, in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayActivity {
    /// The day.
    pub day: NaiveDate,
    /// Devices that were activated.
    pub activated: u64,
    /// Requests that were refused.
    pub refused: u64,
}

/// Activity of days that are over, which is counted once.
#[derive(Debug, Default)]
pub(crate) struct PastDays(Mutex<BTreeMap<NaiveDate, DayActivity>>);

impl Overview {
    /// Counts everything.
    pub(crate) async fn read(store: &Store, clock: &Clock, past: &PastDays) -> Result<Self> {
        let now = clock.now();
        let mut all = Self { at: now, days: past.activity(store, now).await?, ..Self::default() };
        let policies = store.read().await?.on().policies(None).await?;
        let terms: HashMap<Uuid, _> = policies.into_iter().map(|row| (row.policy.id, row.policy.terms)).collect();
        let [hour, day, week, month] = LASTING.map(|span| span.after(now));
        let mut after = Uuid::nil();
        loop {
            let mut reading = store.read().await?;
            let Some(end) = reading.on().end_of_licenses(after, PART).await? else { break };
            let of_licenses = reading.on().seats_of_licenses(after, end, now).await?;
            let of_licenses: HashMap<Uuid, u64> = of_licenses.into_iter().map(|(id, n)| (id, counted(n))).collect();
            for license in reading.on().license_outlines(after, end).await? {
                all.licenses += 1;
                let Some(terms) = terms.get(&license.policy_id) else { continue };
                let own = license.overrides()?;
                let validity = own.as_ref().and_then(|own| own.validity).unwrap_or(terms.validity);
                let seats = own.as_ref().and_then(|own| own.seats).unwrap_or(terms.seats);
                let ends = ends_at(validity, license.issued_at, license.first_activated_at);
                match status(license.state, ends, license.first_activated_at, now) {
                    LicenseStatus::NotStarted => all.not_started += 1,
                    LicenseStatus::Active | LicenseStatus::Ending => {}
                    LicenseStatus::Ended | LicenseStatus::Suspended | LicenseStatus::Revoked => continue,
                }
                all.active += 1;
                all.ending_in_week += u64::from(ends.is_some_and(|ends| ends < week));
                all.ending_in_month += u64::from(ends.is_some_and(|ends| ends < month));
                let used = of_licenses.get(&license.id).copied().unwrap_or_default();
                match seats.limit() {
                    Some(limit) => {
                        all.sold += limit;
                        all.seats_of_sold += used;
                    }
                    None => {
                        all.unlimited += 1;
                        all.seats_unlimited += used;
                    }
                }
            }
            let held = reading.on().count_seats_held_at(after, end, [now, hour, day, week, month]).await?;
            let [seats, lasting @ ..] = held.map(counted);
            all.seats += seats;
            all.lasting.iter_mut().zip(lasting).for_each(|(sum, held)| *sum += held);
            after = end;
        }
        Ok(all)
    }
}

impl PastDays {
    /// The activity of the last days. A day that is over is only counted the first time.
    async fn activity(&self, store: &Store, now: DateTime<Utc>) -> Result<Vec<DayActivity>> {
        let today = now.date_naive();
        let mut days = Vec::new();
        for back in (0..DAYS).rev() {
            let day = today - TimeDelta::days(back);
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&day).copied();
            days.push(match known {
                Some(known) => known,
                None => count_day(store, day).await?,
            });
        }
        let mut past = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *past = days.iter().filter(|it| it.day < today).map(|it| (it.day, *it)).collect();
        Ok(days)
    }
}

async fn count_day(store: &Store, day: NaiveDate) -> Result<DayActivity> {
    let start = day.and_time(NaiveTime::MIN).and_utc();
    let end = start + TimeDelta::days(1);
    let refused = counted(store.read().await?.on().count_refused(start, end).await?);
    let (mut activated, mut last) = (0, None);
    loop {
        // A connection for each part, so that pages do not wait for the others.
        let part = store.read().await?.on().count_events((start, end), last, EVENTS).await?;
        activated += counted(part.activated);
        last = part.last;
        if part.events < EVENTS {
            return Ok(DayActivity { day, activated, refused });
        }
    }
}

fn counted(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}
