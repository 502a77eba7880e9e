//! An open database: SQLite or PostgreSQL.

use std::{collections::HashSet, sync::Arc};

use licensing::EventKind;
use sqlx_postgres::Postgres;
use sqlx_sqlite::Sqlite;

use super::{
    checkpoints::Checkpoints,
    connection::{Connection, run},
    faults::Losses,
    lanes::{Lane, Lanes, shares},
    last_writes::Health,
    pool::{InUse, Pool, Role, Taken},
    postgres,
    schema::Found,
    sqlite,
    wanted::Wanted,
};
use crate::{OpenError, Result};

/// Database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, embedded.
    Sqlite,
    /// PostgreSQL, for several instances.
    Postgres,
}

/// An open database with an up-to-date schema. Cheap to clone.
///
/// The desk and the API have connections of their own ([`Store::for_desk`], [`Store::for_api`]), so that no page,
/// search or job delays a device.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) pools: Arc<Pools>,
    pub(super) lane: Lane,
}

#[derive(Debug)]
pub(super) struct Pools {
    pub(super) on: On,
    pub(super) health: Health,
    pub(super) wanted: Wanted,
}

#[derive(Debug)]
pub(super) enum On {
    /// SQLite has one writer for all lanes.
    Sqlite {
        writer: Pool<Sqlite>,
        readers: Lanes<Sqlite>,
        checkpoints: Checkpoints,
    },
    Postgres(Lanes<Postgres>),
}

/// A connection for reading, outside any transaction. A task that holds one must not take a second: if as many tasks
/// did so as there are connections, all of them would wait.
#[derive(Debug)]
#[clippy::has_significant_drop]
pub struct Reading(ReadingOn);

#[derive(Debug)]
enum ReadingOn {
    Sqlite(Taken<Sqlite>),
    Postgres(Taken<Postgres>),
}

/// Determines the contents of the database at `url`. Changes nothing.
pub async fn look(url: &str) -> Result<Found, OpenError> {
    match url.split(':').next() {
        Some("sqlite") => sqlite::look(url).await,
        Some("postgres" | "postgresql") => postgres::look(url).await,
        other => Err(OpenError::Scheme(other.unwrap_or_default().to_owned())),
    }
}

impl Store {
    /// Opens the database at `url` (`sqlite:PATH`, `postgres://…`), checks that it keeps what it confirms, and migrates
    /// its schema. Creates an SQLite file that does not exist. `connections` is the maximum number of connections; four
    /// are enough.
    pub async fn open_with(url: &str, connections: u32) -> Result<Self, OpenError> {
        let losses = Arc::<Losses>::default();
        let on = match url.split(':').next() {
            Some("sqlite") => {
                let (writer, reader) = sqlite::open(url).await?;
                let (api, pages) = shares(connections);
                let pages = pages.min(sqlite::page_readers());
                let in_use = InUse::default();
                let desk = || Role::Desk { in_use: in_use.clone(), gives_way: None };
                let readers = Lanes {
                    desk: Pool::new(reader.clone(), 1, &losses, desk()),
                    api: Pool::new(reader.clone(), api.min(2), &losses, Role::Api { gives_way: None }),
                    pages: Pool::new(reader.for_pages(), pages, &losses, Role::Pages { desk: in_use.clone() }),
                };
                let checkpoints = Checkpoints::start(writer.clone());
                On::Sqlite { writer: Pool::new(writer, 1, &losses, desk()), readers, checkpoints }
            }
            Some("postgres" | "postgresql") => {
                let dialer = postgres::open(url).await?;
                let lanes = Lanes::divide(&dialer, connections, &losses);
                lanes.reserve().await.map_err(|error| dialer.explain(error))?;
                On::Postgres(lanes)
            }
            other => return Err(OpenError::Scheme(other.unwrap_or_default().to_owned())),
        };
        Ok(Self {
            pools: Arc::new(Pools { on, health: Health::default(), wanted: Wanted::default() }),
            lane: Lane::Pages,
        })
    }

    /// Opens the database with the default number of connections.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_with(url, 16).await
    }

    /// Returns the same database on the connections reserved for the activation desk.
    #[must_use]
    pub fn for_desk(&self) -> Self {
        Self { lane: Lane::Desk, ..self.clone() }
    }

    /// Returns the same database on the connections reserved for requests of devices and programs that do not go
    /// through the desk.
    #[must_use]
    pub fn for_api(&self) -> Self {
        Self { lane: Lane::Api, ..self.clone() }
    }

    /// Returns the engine of the database.
    pub fn engine(&self) -> Engine {
        match &self.pools.on {
            On::Sqlite { .. } => Engine::Sqlite,
            On::Postgres(_) => Engine::Postgres,
        }
    }

    /// Takes a connection for reading.
    pub async fn read(&self) -> Result<Reading> {
        Ok(Reading(match &self.pools.on {
            On::Sqlite { readers, .. } => ReadingOn::Sqlite(readers.of(self.lane).take().await?),
            On::Postgres(lanes) => ReadingOn::Postgres(lanes.of(self.lane).take().await?),
        }))
    }

    /// Returns `Ok` if the database answers.
    pub async fn ping(&self) -> Result<()> {
        let mut reading = self.read().await?;
        run!(reading.on(), |c| sqlx::query("SELECT 1").execute(c).await.map(drop))?;
        Ok(())
    }

    /// Sets the kinds of events that subscriptions may want; they are put into the outbox. None at first.
    pub fn set_wanted(&self, kinds: HashSet<&'static str>) {
        self.pools.wanted.set(kinds);
    }

    /// Returns `true` if a subscription may want events of this kind. For events that are written only for subscriptions.
    pub fn is_wanted(&self, kind: EventKind) -> bool {
        self.pools.wanted.kinds().is_some_and(|kinds| kinds.contains(kind.name()))
    }

    /// Returns when this process has committed rows to the outbox since the last call.
    pub async fn outbox_written(&self) {
        self.pools.wanted.notified().await;
    }

    /// Closes every connection once running work has ended.
    pub async fn close(&self) {
        match &self.pools.on {
            On::Sqlite { writer, readers, checkpoints } => {
                checkpoints.close().await;
                readers.close().await;
                writer.close().await;
            }
            On::Postgres(lanes) => lanes.close().await,
        }
    }
}

impl Reading {
    /// Returns the connection, for one query.
    pub fn on(&mut self) -> Connection<'_> {
        match &mut self.0 {
            ReadingOn::Sqlite(c) => Connection::Sqlite(c),
            ReadingOn::Postgres(c) => Connection::Postgres(c),
        }
    }
}
