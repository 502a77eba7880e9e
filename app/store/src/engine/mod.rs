//! SQLite and PostgreSQL behind one interface.

mod address;
mod backend;
mod faults;
mod guarded;
mod health;
mod pool;
mod postgres;
mod sqlite;
mod transaction;

use std::sync::Arc;

use sqlx::{Postgres, Sqlite, migrate::Migrator};

use self::{
    faults::Losses,
    health::Health,
    pool::{Pool, Role, Taken},
};
use crate::{OpenError, Result};

use backend::Backend;
pub(crate) use faults::{code, is_lost, sqlite_code};
pub use guarded::Guarded;
pub use transaction::Tx;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Number of prepared statements that a connection keeps. The desk alone has some 200: nine sizes of each.
const STATEMENTS: usize = 512;
/// Connections reserved for the desk: one reads, one writes.
const DESK: u32 = 2;
/// Maximum number of connections reserved for the API: requests of devices and programs that do not go through the
/// desk.
const API: u32 = 3;

/// Runs an expression on the engine of a [`Connection`]. Inside, `Db` is the engine's sqlx type, so that binds and row
/// types are checked against both drivers at compile time.
macro_rules! run {
    ($on:expr, |$conn:ident| $body:expr) => {
        match $on {
            $crate::Connection::Sqlite($conn) => {
                #[allow(dead_code)]
                type Db = sqlx::Sqlite;
                $body
            }
            $crate::Connection::Postgres($conn) => {
                #[allow(dead_code)]
                type Db = sqlx::Postgres;
                $body
            }
        }
    };
}
pub(crate) use run;

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
    pools: Arc<Pools>,
    lane: Lane,
}

/// User of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    Desk,
    Api,
    Pages,
}

#[derive(Debug)]
struct Pools {
    on: On,
    health: Health,
}

#[derive(Debug)]
enum On {
    /// SQLite has one writer for all lanes.
    Sqlite {
        writer: Pool<Sqlite>,
        readers: Lanes<Sqlite>,
    },
    Postgres(Lanes<Postgres>),
}

#[derive(Debug)]
struct Lanes<DB: Backend> {
    desk: Pool<DB>,
    api: Pool<DB>,
    pages: Pool<DB>,
}

impl<DB: Backend> Lanes<DB> {
    fn of(&self, lane: Lane) -> &Pool<DB> {
        match lane {
            Lane::Desk => &self.desk,
            Lane::Api => &self.api,
            Lane::Pages => &self.pages,
        }
    }

    async fn close(&self) {
        self.desk.close().await;
        self.api.close().await;
        self.pages.close().await;
    }
}

/// Divides the connections that the desk leaves between the API and the pages; each gets at least one.
fn shares(connections: u32) -> (u32, u32) {
    let api = (connections / 5).clamp(1, API);
    (api, connections.saturating_sub(DESK + api).max(1))
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

/// The connection that queries run on.
#[derive(Debug)]
pub enum Connection<'c> {
    /// SQLite.
    Sqlite(&'c mut Guarded<Sqlite>),
    /// PostgreSQL.
    Postgres(&'c mut Guarded<Postgres>),
}

/// Contents of a database before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is empty or does not exist.
    Nothing,
    /// It has our tables but no signing keys, so it contains nothing sealed.
    Begun,
    /// It has signing keys, which only their sealing key opens.
    InUse,
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
                let lane = |reader, size| Pool::new(reader, size, &losses, Role::Alone);
                let (api, pages) = shares(connections);
                let pages = pages.min(sqlite::page_readers());
                let readers = Lanes {
                    desk: lane(reader.clone(), 1),
                    api: lane(reader.clone(), api.min(2)),
                    pages: lane(reader.for_pages(), pages),
                };
                On::Sqlite { writer: Pool::new(writer, 1, &losses, Role::Alone), readers }
            }
            Some("postgres" | "postgresql") => {
                let dialer = postgres::open(url).await?;
                let lanes = postgres::lanes(&dialer, connections, &losses);
                postgres::reserve(&lanes).await.map_err(|error| dialer.explain(error))?;
                On::Postgres(lanes)
            }
            other => return Err(OpenError::Scheme(other.unwrap_or_default().to_owned())),
        };
        Ok(Self { pools: Arc::new(Pools { on, health: Health::default() }), lane: Lane::Pages })
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

    /// Closes every connection once running work has ended.
    pub async fn close(&self) {
        match &self.pools.on {
            On::Sqlite { writer, readers } => {
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
