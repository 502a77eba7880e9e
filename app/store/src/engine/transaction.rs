//! Write transactions.

use sqlx_postgres::Postgres;
use sqlx_sqlite::Sqlite;

use super::{
    backend::Backend,
    connection::Connection,
    faults::{late, leaves_doubt},
    guarded::{Guarded, State},
    lanes::{Lane, Lanes},
    pool::{Pool, Taken},
    postgres,
    store::{On, Store},
};
use crate::{Error, Result, SeatCounts};

/// A write transaction. Dropping it without [`Tx::commit`] rolls it back. A task that holds one must not take a second
/// connection.
#[derive(Debug)]
#[clippy::has_significant_drop]
pub struct Tx {
    on: TxOn,
    store: Store,
    /// `true` if it has written rows to the outbox.
    fills_outbox: bool,
    /// Counts that the transaction before left on the connection, and those that this one leaves when it commits.
    pub(crate) last_seat_counts: Option<SeatCounts>,
    pub(crate) next_seat_counts: Option<SeatCounts>,
}

#[derive(Debug)]
enum TxOn {
    Sqlite(Taken<Sqlite>),
    Postgres(Taken<Postgres>),
}

impl Store {
    /// Begins a write transaction. SQLite has one writer at a time; `BEGIN IMMEDIATE` ensures that across processes.
    pub async fn begin(&self) -> Result<Tx> {
        let begun = match &self.pools.on {
            On::Sqlite { writer, .. } => begin_sqlite(writer).await.map(TxOn::Sqlite),
            On::Postgres(lanes) => begin_postgres(lanes, self.lane).await.map(TxOn::Postgres),
        };
        match begun {
            Ok(mut on) => {
                let last_seat_counts = match &mut on {
                    TxOn::Sqlite(taken) => taken.seat_counts.take(),
                    TxOn::Postgres(_) => None,
                };
                Ok(Tx { on, store: self.clone(), fills_outbox: false, last_seat_counts, next_seat_counts: None })
            }
            Err(error) => {
                let error = Error::from(error);
                // If only pages lack connections, devices are still served.
                let crowded = matches!(&error, Error::Database(sqlx::Error::PoolTimedOut)) && self.lane == Lane::Pages;
                if error.is_unavailable() && !crowded {
                    self.write_failed();
                }
                Err(error)
            }
        }
    }
}

async fn begin_sqlite(writer: &Pool<Sqlite>) -> sqlx::Result<Taken<Sqlite>> {
    let mut taken = writer.take().await?;
    taken.begin("BEGIN IMMEDIATE").await?;
    Ok(taken)
}

async fn begin_postgres(lanes: &Lanes<Postgres>, lane: Lane) -> sqlx::Result<Taken<Postgres>> {
    let mut taken = lanes.of(lane).take().await?;
    if lane == Lane::Pages {
        taken.begin(postgres::BEGIN_ACT).await?;
        taken.limit(postgres::ACT);
    } else {
        taken.begin(postgres::BEGIN).await?;
    }
    Ok(taken)
}

impl Tx {
    /// Returns the connection, for one query inside the transaction.
    pub fn on(&mut self) -> Connection<'_> {
        match &mut self.on {
            TxOn::Sqlite(taken) => Connection::Sqlite(taken),
            TxOn::Postgres(taken) => Connection::Postgres(taken),
        }
    }

    /// Commits. After `Ok`, the transaction is on disk. Returns [`Error::Unconfirmed`] if the outcome is unknown.
    pub async fn commit(mut self) -> Result<()> {
        let committed = match &mut self.on {
            TxOn::Sqlite(taken) => {
                let committed = commit(taken).await;
                taken.seat_counts = self.next_seat_counts.take().filter(|_| committed.is_ok());
                committed
            }
            TxOn::Postgres(taken) => commit(taken).await,
        };
        match &committed {
            Ok(()) => {
                self.store.pools.health.write_succeeded();
                if let On::Sqlite { checkpoints, .. } = &self.store.pools.on {
                    checkpoints.committed();
                }
                if self.fills_outbox {
                    self.store.pools.wanted.notify();
                }
            }
            Err(error) => self.store.follow_up(error),
        }
        committed
    }

    /// Returns those of these events that a subscription may want, and remembers that there are some.
    pub(crate) fn select_wanted<'a, T>(&mut self, events: &'a [T], kind: impl Fn(&T) -> &str) -> Vec<&'a T> {
        let Some(kinds) = self.store.pools.wanted.kinds() else { return vec![] };
        let wanted: Vec<_> = events.iter().filter(|event| kinds.contains(kind(event))).collect();
        self.fills_outbox |= !wanted.is_empty();
        wanted
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(&self.on, TxOn::Sqlite(_))
    }

    fn is_doubtful(&self) -> bool {
        let state = match &self.on {
            TxOn::Sqlite(taken) => taken.state(),
            TxOn::Postgres(taken) => taken.state(),
        };
        state == State::Doubtful
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if self.is_doubtful() {
            self.store.write_failed();
        }
    }
}

async fn commit<DB: Backend>(connection: &mut Guarded<DB>) -> Result<()> {
    match connection.state() {
        State::Clean => connection
            .commit()
            .await
            .map_err(|error| if leaves_doubt(&error) { Error::Unconfirmed(error) } else { error.into() }),
        // PostgreSQL answers the COMMIT of such a transaction with a ROLLBACK, and reports success.
        State::Refused => Err(Error::Spoiled),
        State::Running | State::Doubtful => Err(Error::Database(late())),
    }
}
