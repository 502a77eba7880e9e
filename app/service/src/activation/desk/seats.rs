//! The seats of a batch's licenses.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use licensing::terms::WhenFull;
use store::{Connection, SeatCounts, SeatsAt};
use uuid::Uuid;

use super::{request::DeskRequest, state::BatchState};

/// Maximum number of lapsed seats loaded per license: as many as one batch can use.
const MOST_LAPSED: i64 = 256;

impl BatchState {
    /// Counts the seats of those licenses that have a limit and a requesting device without a seat. If seats may be
    /// taken over, also loads the lapsed ones. A count in `last`, which only SQLite has and only for a minute, is used if the
    /// batch cannot fill the license.
    pub(super) async fn count_seats(
        &mut self,
        on: &mut Connection<'_>,
        requests: &[DeskRequest],
        last: &SeatCounts,
        now: DateTime<Utc>,
    ) -> store::Result<()> {
        let (sufficient, wanted) = self.to_count(requests, last, now);
        self.correct_counts(on, &sufficient, now).await?;
        for id in &wanted {
            // Those without held seats get no row.
            let Some(license) = self.licenses.get_mut(id) else { continue };
            license.set_seats(0, None);
        }
        for held in on.held_seats(&wanted, now).await? {
            let Some(license) = self.licenses.get_mut(&held.license_id) else { continue };
            license.set_seats(u32::try_from(held.used).unwrap_or(u32::MAX), held.next_at);
        }
        for id in wanted {
            let floating = self.licenses.get_mut(&id).filter(|it| it.facts.terms.when_full == WhenFull::TakeOver);
            if let Some(license) = floating {
                license.lapsed = on.lapsed_seats(id, now, MOST_LAPSED).await?;
                license.count_lapsed();
            }
        }
        Ok(())
    }

    /// Returns the licenses whose seats matter to these requests: those whose last count suffices, and those to be counted.
    fn to_count(
        &self,
        requests: &[DeskRequest],
        last: &SeatCounts,
        now: DateTime<Utc>,
    ) -> (Vec<(Uuid, SeatsAt)>, Vec<Uuid>) {
        let mut wanted: HashMap<Uuid, u32> = HashMap::new();
        for request in requests {
            let Some(license) = self.license(request).filter(|known| !known.facts.has_ended(now)) else { continue };
            let limited = license.facts.terms.allowed().is_some();
            let held = self.device(request).is_some_and(|(_, device)| device.holds_seat(now));
            if limited && !held {
                *wanted.entry(license.row.id).or_default() += 1;
            }
        }
        let (mut sufficient, mut counted) = (Vec::new(), Vec::new());
        for (id, devices) in wanted {
            let terms = self.licenses.get(&id).map(|known| &known.facts.terms);
            // A full license needs more than the count: when a seat becomes free, or which ones have lapsed.
            let has_room = |seats: &SeatsAt| {
                let allowed = terms.filter(|terms| terms.when_full == WhenFull::Refuse)?.allowed()?;
                Some(seats.used.saturating_add(devices) < allowed)
            };
            match last.get(id, now).filter(|seats| has_room(seats).unwrap_or(false)) {
                Some(seats) => sufficient.push((id, seats)),
                None => counted.push(id),
            }
        }
        sufficient.sort_unstable_by_key(|(id, _)| *id);
        counted.sort_unstable();
        (sufficient, counted)
    }

    /// Sets the seats of these licenses: the last count, less the holds that have ended since.
    async fn correct_counts(
        &mut self,
        on: &mut Connection<'_>,
        last: &[(Uuid, SeatsAt)],
        now: DateTime<Utc>,
    ) -> store::Result<()> {
        let Some(since) = last.iter().map(|(_, seats)| seats.at).min() else { return Ok(()) };
        let ids: Vec<Uuid> = last.iter().map(|(id, _)| *id).collect();
        let ended = on.ended_holds(&ids, since, now).await?;
        for (id, seats) in last {
            let Some(license) = self.licenses.get_mut(id) else { continue };
            let ended = ended.iter().filter(|(of, at)| of == id && *at > seats.at).count();
            let used = seats.used.saturating_sub(u32::try_from(ended).unwrap_or(u32::MAX));
            license.set_seats(used, None);
        }
        Ok(())
    }

    /// Sets the counts of this batch, with its grants.
    pub(super) fn note_seats(&self, last: &mut SeatCounts, now: DateTime<Utc>) {
        for (id, license) in &self.licenses {
            if license.is_counted {
                last.set(*id, SeatsAt { used: license.seats.used, at: now });
            }
        }
    }
}
