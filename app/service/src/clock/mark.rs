//! The mark of time in the database: what outlives a restart of what a clock has shown.

use chrono::{DateTime, TimeDelta, Utc};
use store::{Store, clock::ClockMark};

use super::{Clock, Trust};
use crate::{
    Actor, Error, Result, Service,
    record::{Record, Subject},
};
use serde_json::json;

/// How far time goes on before the mark does.
const COARSE: TimeDelta = TimeDelta::minutes(1);

impl Clock {
    /// Takes up the mark: at a start, and again and again, since other instances move it and owners set it.
    /// `confirmed` is what an owner had confirmed when this was last asked.
    fn take_up(&self, mark: &ClockMark, confirmed: Option<DateTime<Utc>>) {
        let at = mark.mark.timestamp_micros();
        if mark.confirmed_at != confirmed {
            self.shown(|shown| shown.confirm(at, self.passed_micros()));
            return;
        }
        // What was doubted was mended where the clock shows less than then.
        let doubted = mark.doubted_at.is_some_and(|doubted| self.wall() >= doubted.timestamp_micros());
        self.shown(|shown| shown.reached(at, self.passed_micros(), doubted));
    }

    /// What the source shows, believed or not.
    fn wall(&self) -> i64 {
        self.read().0
    }

    fn passed_micros(&self) -> i64 {
        self.read().1
    }

    /// Takes the mark up at a start. Gives when an owner last confirmed the time.
    pub(crate) async fn start(&self, store: &Store) -> Result<Option<DateTime<Utc>>> {
        let mut reading = store.read().await?;
        self.step(&mut reading.on()).await?;
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

/// Moves the mark on where it is a minute behind, or writes down that the clock is in doubt.
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

impl Service {
    /// Whether the clock can be believed. While it cannot, nothing is issued, and nothing may be swept away.
    pub fn time(&self) -> Trust {
        self.clock().trust()
    }

    /// Takes up what other instances saw of time and owners said of it, and moves the mark on where it is due. To be called
    /// every ten seconds; writes once a minute.
    pub async fn keep_time(&self) -> Result<Trust> {
        let mut reading = self.store().read().await?;
        self.clock().step(&mut reading.on()).await?;
        let found = reading.on().clock_mark().await?;
        drop(reading);
        if let Some(mark) = &found {
            let mut confirmed = self.0.confirmed.lock().await;
            self.clock().take_up(mark, *confirmed);
            *confirmed = mark.confirmed_at;
        }
        keep(self.clock(), self.store(), found.as_ref()).await?;
        Ok(self.time())
    }

    /// An owner says that the time which this clock shows is right. Running servers heed it within ten seconds. Gives that
    /// time, and how the mark stood before.
    pub async fn confirm_time(&self, actor: &Actor) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
        let mut tx = self.store().begin().await?;
        self.clock().step(&mut tx.on()).await?;
        let shown = DateTime::from_timestamp_micros(self.clock().wall()).unwrap_or_default();
        let before = tx.on().clock_mark().await?.ok_or_else(|| Error::defect("there is no mark of time"))?.mark;
        tx.confirm_clock(shown).await?;
        Record::new(actor, "clock.confirmed", Subject::new("clock", uuid::Uuid::nil(), "clock"))
            .changed(&json!({ "mark": before }), &json!({ "mark": shown }))
            .write(&mut tx, shown)
            .await?;
        tx.commit().await?;
        self.clock().shown(|known| known.confirm(shown.timestamp_micros(), self.clock().passed_micros()));
        *self.0.confirmed.lock().await = Some(shown);
        Ok((shown, before))
    }

    /// Moves the mark to the last moment of a server that stops.
    pub(crate) async fn leave_time(&self) {
        if self.time() != Trust::Good {
            return;
        }
        let written: store::Result<()> = async {
            let mut tx = self.store().begin().await?;
            tx.move_clock_mark(self.clock().now()).await?;
            tx.commit().await
        }
        .await;
        if let Err(error) = written {
            tracing::warn!(%error, "the mark of time could not be moved");
        }
    }
}
