//! The rows that every batch writes. On PostgreSQL one statement writes them all: each further one would cost a round trip
//! while the batch holds its locks.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::licenses::start;
use crate::{
    Result, Tx,
    activations::Activation,
    decisions::DecisionRow,
    events::Event,
    insert::{AT_ONCE, AtOnce},
    webhooks::OutboxRow,
};

/// The rows that every batch writes.
#[derive(Clone, Debug, Default)]
pub struct BatchRows<'a> {
    /// Devices, as for [`Tx::upsert_activations`].
    pub activations: Vec<&'a Activation>,
    /// Licenses that start, by the end that this gives them, as for [`Tx::start_licenses`].
    pub started: Vec<(Option<DateTime<Utc>>, Vec<Uuid>)>,
    /// Events, as for [`Tx::insert_events`].
    pub events: &'a [Event],
    /// Decisions, as for [`Tx::insert_decisions`].
    pub decisions: &'a [DecisionRow],
}

impl Tx {
    /// Writes the rows of a batch. Its licenses start at `now`.
    pub async fn write_batch(&mut self, rows: &BatchRows<'_>, now: DateTime<Utc>) -> Result<()> {
        let most = rows.activations.len().max(rows.events.len()).max(rows.decisions.len());
        if self.is_sqlite() || most > AT_ONCE {
            self.upsert_activations(&rows.activations).await?;
            for (end, licenses) in &rows.started {
                self.start_licenses(licenses, now, *end).await?;
            }
            self.insert_events(rows.events).await?;
            return self.insert_decisions(rows.decisions).await;
        }
        let outbox = self.outbox_row(rows.events);
        let mut writes = AtOnce::default();
        writes.insert::<Activation, _>(&rows.activations);
        for (end, licenses) in &rows.started {
            writes.part(|sql| {
                start!(sql, licenses, now, *end);
            });
        }
        writes.insert::<Event, _>(rows.events);
        writes.insert::<OutboxRow, _>(outbox.as_slice());
        writes.insert::<DecisionRow, _>(rows.decisions);
        writes.run(self.on()).await
    }
}
