//! One test's own database.

use std::ops::Deref;

use sqlx::{AssertSqlSafe, Connection as _, Executor, PgConnection};
use store::{Connection, Engine, Store};
use tempfile::TempDir;

use crate::{Cluster, cluster};

/// Where an empty database is, of one test's own.
#[derive(Debug)]
pub struct Place {
    url: String,
    /// What SQLite's file is in; gone with this.
    _folder: Option<TempDir>,
}

/// A database of one test's own, migrated, with a [`Store`] open on it, as which it behaves.
#[derive(Debug)]
pub struct Database {
    store: Store,
    place: Place,
}

impl Place {
    /// An empty database of this engine.
    pub async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::in_memory(),
            Engine::Postgres => Self::on(cluster::shared(), "").await,
        }
    }

    /// Where it is, as [`Store::open`] takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// An SQLite file in memory, where there is a folder for that: these tests ask what a database says, not what
    /// survives a power cut.
    fn in_memory() -> Self {
        let folder = TempDir::with_prefix_in("latchkey-", "/dev/shm").or_else(|_| TempDir::with_prefix("latchkey-"));
        let folder = folder.expect("a folder for the database");
        Self { url: format!("sqlite:{}", folder.path().join("latchkey.db").display()), _folder: Some(folder) }
    }

    /// An empty database on that server.
    async fn on(server: &str, options: &str) -> Self {
        let mut connection = connect(server).await;
        let name: String =
            sqlx::query_scalar("SELECT 'latchkey_' || REPLACE(CAST(gen_random_uuid() AS TEXT), '-', '')")
                .fetch_one(&mut connection)
                .await
                .expect("a name for the database");
        connection
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name} {options}")))
            .await
            .expect("the database is made");
        let (server, _) = server.rsplit_once('/').expect("a URL that ends in a database's name");
        Self { url: format!("{server}/{name}"), _folder: None }
    }
}

impl Database {
    /// A fresh one of this engine.
    pub async fn new(engine: Engine) -> Self {
        Self::at(Place::new(engine).await).await
    }

    /// A fresh one on this server, which the test may stop.
    pub async fn on(cluster: &Cluster) -> Self {
        Self::at(Place::on(cluster.url(), "").await).await
    }

    /// A fresh one of PostgreSQL whose locale is Turkish: there, `I` in lower case is `ı`.
    pub async fn turkish() -> Self {
        let turkish = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr'";
        Self::at(Place::on(cluster::shared(), turkish).await).await
    }

    async fn at(place: Place) -> Self {
        let store = Store::open(place.url()).await.unwrap_or_else(|e| panic!("{}: {e}", place.url()));
        Self { store, place }
    }

    /// Where it is, as [`Store::open`] takes it: for a second instance.
    pub fn url(&self) -> &str {
        self.place.url()
    }

    /// The one number that this SQL asks for: what the store has no question for.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match self.store.read().await.expect("a connection").on() {
            Connection::Sqlite(c) => sqlx::query_scalar(sql).fetch_one(c).await,
            Connection::Postgres(c) => sqlx::query_scalar(sql).fetch_one(c).await,
        }
        .expect("a number")
    }

    /// Does what this SQL says, in a transaction: what the store has no act for.
    pub async fn execute(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        let mut tx = self.store.begin().await.expect("a transaction");
        match tx.on() {
            Connection::Sqlite(c) => c.execute(sql).await.map(drop),
            Connection::Postgres(c) => c.execute(sql).await.map(drop),
        }
        .expect("it is done");
        tx.commit().await.expect("it is kept");
    }

    /// All that lies in it, as bytes to be searched: SQLite's file and its log as they are on disk, every row of PostgreSQL's
    /// tables as text, bytes in hexadecimal digits.
    pub async fn everything(&self) -> Vec<u8> {
        let mut reading = self.store.read().await.expect("a connection");
        let Connection::Postgres(c) = reading.on() else {
            let path = self.url().strip_prefix("sqlite:").expect("a file");
            let files = [path.to_owned(), format!("{path}-wal")].map(|file| std::fs::read(file).unwrap_or_default());
            return files.concat();
        };
        let tables = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *c).await.expect("the tables");
        let mut all = Vec::new();
        for table in tables {
            let rows = AssertSqlSafe(format!("SELECT CAST(t AS TEXT) FROM {table} t"));
            let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&mut *c).await.expect("the rows");
            rows.into_iter().for_each(|row| all.extend(row.into_bytes()));
        }
        all
    }

    /// Closes the store and removes the database. One that is only dropped stays until its server ends, where it is
    /// PostgreSQL's.
    pub async fn discard(self) {
        self.store.close().await;
        if let Some((server, name)) = self.url().rsplit_once('/').filter(|_| self.engine() == Engine::Postgres) {
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            connect(&format!("{server}/postgres")).await.execute(AssertSqlSafe(drop)).await.expect("the database goes");
        }
    }
}

impl Deref for Database {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap_or_else(|e| panic!("this test needs PostgreSQL at {url}: {e}"))
}
