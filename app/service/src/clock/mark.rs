//! The clock mark in the database: the furthest time shown, which survives a restart.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{EventKind, SubjectKind};
use store::{Store, clock::ClockMark};
use tokio::sync::Mutex;

use super::{Clock, Trust};
use crate::{
    Actor, Error, Result,
    audit::{Record, Subject},
};
use serde_json::json;

/// Distance by which the mark may lag behind the clock.
const COARSE: TimeDelta = TimeDelta::minutes(1);

impl Clock {
    /// Applies the stored mark: at the start, and repeatedly, because other instances move it and owners set it.
    /// `confirmed` is the owner's confirmation that was last seen.
    fn take_up(&self, mark: &ClockMark, confirmed: Option<DateTime<Utc>>) {
        let at = mark.mark.timestamp_micros();
        if mark.confirmed_at != confirmed {
            self.shown(|shown| shown.confirm(at, self.passed_micros()));
            return;
        }
        // If the clock now shows less than when it was doubted, it has been corrected.
        let doubted = mark.doubted_at.is_some_and(|doubted| self.wall() >= doubted.timestamp_micros());
        self.shown(|shown| shown.reached(at, self.passed_micros(), doubted));
    }

    /// The time that the source shows, trusted or not.
    fn wall(&self) -> i64 {
        self.read().0
    }

    fn passed_micros(&self) -> i64 {
        self.read().1
    }

    /// Applies the mark at the start. Returns the time of the last confirmation by an owner.
    async fn start(&self, store: &Store) -> Result<Option<DateTime<Utc>>> {
        let mut reading = store.read().await?;
        self.read_database(&mut reading.on()).await?;
        let mark = reading.on().clock_mark().await?;
        drop(reading);
        let confirmed = mark.and_then(|mark| mark.confirmed_at);
        if let Some(mark) = &mark {
            self.take_up(mark, confirmed);
        }
        keep(self, store, mark.as_ref()).await?;
        Ok(confirmed)
    }
}

/// Moves the mark if it lags by a minute, or records that the clock is in doubt.
async fn keep(clock: &Clock, store: &Store, mark: Option<&ClockMark>) -> Result<()> {
    let now = clock.now();
    let due = mark.is_none_or(|mark| now - mark.mark >= COARSE || mark.doubted_at.is_some());
    match clock.trust() {
        Trust::Good if due => {
            let mut tx = store.begin().await?;
            tx.move_clock_mark(now).await?;
            tx.commit().await?;
        }
        Trust::Ahead(_) if mark.is_some_and(|mark| mark.doubted_at.is_none()) => {
            let mut tx = store.begin().await?;
            tx.doubt_clock(now).await?;
            tx.commit().await?;
        }
        Trust::Good | Trust::Ahead(_) | Trust::Behind(_) => {}
    }
    Ok(())
}

/// Keeps the clock mark, and reports trust in the clock. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Timekeeper {
    store: Store,
    clock: Clock,
    /// The last confirmation of the time by an owner that this instance has applied.
    confirmed: Arc<Mutex<Option<DateTime<Utc>>>>,
}

impl Timekeeper {
    /// Applies the stored mark to the clock.
    pub(crate) async fn start(store: Store, clock: Clock) -> Result<Self> {
        let confirmed = Arc::new(Mutex::new(clock.start(&store).await?));
        Ok(Self { store, clock, confirmed })
    }

    /// Reports whether the clock can be trusted. While it cannot, nothing is issued, and nothing may be swept.
    pub fn trust(&self) -> Trust {
        self.clock.trust()
    }

    /// Applies changes of the mark by other instances and owners, and moves it if it is due. Must be called every ten
    /// seconds; writes once a minute.
    pub async fn keep_time(&self) -> Result<Trust> {
        let mut reading = self.store.read().await?;
        self.clock.read_database(&mut reading.on()).await?;
        let found = reading.on().clock_mark().await?;
        drop(reading);
        if let Some(mark) = &found {
            let mut confirmed = self.confirmed.lock().await;
            self.clock.take_up(mark, *confirmed);
            *confirmed = mark.confirmed_at;
        }
        keep(&self.clock, &self.store, found.as_ref()).await?;
        Ok(self.trust())
    }

    /// Confirms, on behalf of an owner, that the time which this clock shows is right. Running servers follow within
    /// ten seconds. Returns that time and the previous mark.
    #[tracing::instrument(skip_all)]
    pub async fn confirm_time(&self, actor: &Actor) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
        let mut tx = self.store.begin().await?;
        self.clock.read_database(&mut tx.on()).await?;
        let shown = DateTime::from_timestamp_micros(self.clock.wall()).unwrap_or_default();
        let before = tx.on().clock_mark().await?.ok_or_else(|| Error::defect("there is no clock mark"))?.mark;
        tx.confirm_clock(shown).await?;
        Record::new(actor, EventKind::ClockConfirmed, Subject::new(SubjectKind::Clock, uuid::Uuid::nil(), "clock"))
            .changed(&json!({ "mark": before }), &json!({ "mark": shown }))
            .write(&mut tx, shown)
            .await?;
        tx.commit().await?;
        self.clock.shown(|known| known.confirm(shown.timestamp_micros(), self.clock.passed_micros()));
        *self.confirmed.lock().await = Some(shown);
        Ok((shown, before))
    }

    /// Moves the mark to the current time when the server stops.
    pub(crate) async fn leave_time(&self) {
        if self.trust() != Trust::Good {
            return;
        }
        let written: store::Result<()> = async {
            let mut tx = self.store.begin().await?;
            tx.move_clock_mark(self.clock.now()).await?;
            tx.commit().await
        }
        .await;
        if let Err(error) = written {
            tracing::warn!(%error, "the clock mark could not be moved");
        }
    }
}
