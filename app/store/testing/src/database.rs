//! One test's own database.

use std::ops::Deref;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::{Engine, Store};
use tempfile::TempDir;

use crate::cluster;

/// A database of one test's own, migrated, with a [`Store`] open on it, as which it behaves.
#[derive(Debug)]
pub struct Database {
    store: Store,
    url: String,
    /// Where SQLite's file is; gone with this.
    _folder: Option<TempDir>,
}

impl Database {
    /// A fresh one.
    pub async fn new(engine: Engine) -> Self {
        let (url, folder) = match engine {
            Engine::Sqlite => sqlite(),
            Engine::Postgres => (postgres(cluster::shared()).await, None),
        };
        let store = Store::open(&url).await.unwrap_or_else(|e| panic!("{url}: {e}"));
        Self { store, url, _folder: folder }
    }

    /// Where it is, as [`Store::open`] takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Closes the store and removes the database. One that is only dropped stays until its server ends, where it is
    /// PostgreSQL's.
    pub async fn discard(self) {
        self.store.close().await;
        if let Some((server, name)) = self.url.rsplit_once('/').filter(|_| self.engine() == Engine::Postgres) {
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

/// A folder in memory where there is one: these tests ask what a database says, not what survives a power cut.
fn sqlite() -> (String, Option<TempDir>) {
    let folder = TempDir::with_prefix_in("latchkey-", "/dev/shm").or_else(|_| TempDir::with_prefix("latchkey-"));
    let folder = folder.expect("a folder for the database");
    (format!("sqlite:{}", folder.path().join("latchkey.db").display()), Some(folder))
}

/// An empty database on that server.
async fn postgres(server: &str) -> String {
    let mut connection = connect(server).await;
    let name: String = sqlx::query_scalar("SELECT 'latchkey_' || REPLACE(CAST(gen_random_uuid() AS TEXT), '-', '')")
        .fetch_one(&mut connection)
        .await
        .expect("a name for the database");
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("the database is made");
    let (server, _) = server.rsplit_once('/').expect("a URL that ends in a database's name");
    format!("{server}/{name}")
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap_or_else(|e| panic!("this test needs PostgreSQL at {url}: {e}"))
}
