//! Databases for single tests.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    ops::Deref,
};

use sqlx::{AssertSqlSafe, Connection as _, Executor, migrate::Migrator};
use sqlx_postgres::PgConnection;
use store::{Connection, Engine, Store};
use tempfile::TempDir;

use crate::{Cluster, cluster};

/// Location of an empty database for a single test.
#[derive(Debug)]
pub struct Place {
    url: String,
    /// Folder of SQLite's file, deleted with this value.
    _folder: Option<TempDir>,
}

/// A migrated database for a single test. Dereferences to a [`Store`] that is open on it.
#[derive(Debug)]
pub struct Database {
    store: Store,
    place: Place,
}

impl Place {
    /// Creates an empty database on this engine.
    pub async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::in_memory(),
            Engine::Postgres => Self::on(cluster::shared(), "").await,
        }
    }

    /// Returns the URL, as taken by [`Store::open`].
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Creates an SQLite file in memory, if there is a folder for that: these tests need no durability.
    fn in_memory() -> Self {
        let folder = TempDir::with_prefix_in("latchkey-", "/dev/shm").or_else(|_| TempDir::with_prefix("latchkey-"));
        let folder = folder.expect("a folder for the database");
        Self { url: format!("sqlite:{}", folder.path().join("latchkey.db").display()), _folder: Some(folder) }
    }

    /// Creates an empty database on this server.
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
            .expect("the database is created");
        let (server, _) = server.rsplit_once('/').expect("a URL that ends in a database's name");
        Self { url: format!("{server}/{name}"), _folder: None }
    }
}

impl Database {
    /// Creates a database on this engine.
    pub async fn new(engine: Engine) -> Self {
        let place = match engine {
            Engine::Sqlite => Place::in_memory(),
            Engine::Postgres => {
                let server = cluster::shared();
                Place::on(server, &format!("TEMPLATE {}", migrated(server).await)).await
            }
        };
        Self::at(place).await
    }

    /// Creates a database on this server, which the test may stop.
    pub async fn on(cluster: &Cluster) -> Self {
        Self::at(Place::on(cluster.url(), "").await).await
    }

    /// Creates a PostgreSQL database with a Turkish locale, where `I` in lower case is `ı`.
    pub async fn turkish() -> Self {
        let turkish = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr'";
        Self::at(Place::on(cluster::shared(), turkish).await).await
    }

    async fn at(place: Place) -> Self {
        let store = Store::open(place.url()).await.unwrap_or_else(|e| panic!("{}: {e}", place.url()));
        Self { store, place }
    }

    /// Returns the URL, as taken by [`Store::open`], for a second instance.
    pub fn url(&self) -> &str {
        self.place.url()
    }

    /// Runs a query for a single number, for which the store has no method.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match self.store.read().await.expect("a connection").on() {
            Connection::Sqlite(c) => sqlx::query_scalar(sql).fetch_one(c).await,
            Connection::Postgres(c) => sqlx::query_scalar(sql).fetch_one(c).await,
        }
        .expect("a number")
    }

    /// Runs a statement in a transaction, for which the store has no method.
    pub async fn execute(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        let mut tx = self.store.begin().await.expect("a transaction");
        match tx.on() {
            Connection::Sqlite(c) => c.execute(sql).await.map(drop),
            Connection::Postgres(c) => c.execute(sql).await.map(drop),
        }
        .expect("the statement succeeds");
        tx.commit().await.expect("the commit succeeds");
    }

    /// Returns the steps of SQLite's plan for a statement.
    pub async fn plan(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let mut reading = self.store.read().await.expect("a connection");
        let Connection::Sqlite(c) = reading.on() else { return vec![] };
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql).fetch_all(c).await.expect("a plan");
        steps.into_iter().map(|(.., step)| step).collect()
    }

    /// Returns the contents of the database as bytes, for searching: SQLite's file and log as they are on disk, or
    /// every row of PostgreSQL's tables as text, with bytes as hexadecimal digits.
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

    /// Closes the store and deletes the database. Without this call, a PostgreSQL database stays until its server ends.
    pub async fn discard(self) {
        self.store.close().await;
        if let Some((server, name)) = self.url().rsplit_once('/').filter(|_| self.engine() == Engine::Postgres) {
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            connect(&format!("{server}/postgres"))
                .await
                .execute(AssertSqlSafe(drop))
                .await
                .expect("the database is dropped");
        }
    }
}

impl Deref for Database {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

/// Returns the name of a migrated database on this server, which is copied for each test instead of migrating each anew. The first
/// test creates it.
async fn migrated(server: &str) -> String {
    static MIGRATIONS: Migrator = sqlx::migrate!("../../../migrations");
    let mut hash = DefaultHasher::new();
    MIGRATIONS.iter().for_each(|it| (it.version, &it.checksum).hash(&mut hash));
    let name = format!("migrated_{:016x}", hash.finish());
    let mut connection = connect(server).await;
    if !exists(&mut connection, &name).await {
        // Held until the connection closes.
        connection.execute("SELECT pg_advisory_lock(20260301)").await.expect("the lock");
        if !exists(&mut connection, &name).await {
            let Database { store, place } = Database::at(Place::on(server, "").await).await;
            store.close().await;
            let (_, unnamed) = place.url.rsplit_once('/').expect("a URL that ends in a database's name");
            let rename = format!("ALTER DATABASE {unnamed} RENAME TO {name}");
            connection.execute(AssertSqlSafe(rename)).await.expect("the database gets its name");
        }
    }
    name
}

async fn exists(connection: &mut PgConnection, database: &str) -> bool {
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)";
    sqlx::query_scalar(sql).bind(database).fetch_one(connection).await.expect("the databases")
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap_or_else(|e| panic!("this test needs PostgreSQL at {url}: {e}"))
}
