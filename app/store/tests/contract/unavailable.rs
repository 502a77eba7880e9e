//! An unavailable, full or busy database differs from a wrong query: the caller may retry.

use sqlx::AssertSqlSafe;
use store::{Connection, Engine, Result, Store};
use testing::{Cluster, Database, contract};

use crate::given::{a_license, account, event, id, read, written};

fn is_unavailable<T: std::fmt::Debug>(outcome: Result<T>) {
    assert!(matches!(&outcome, Err(e) if e.is_unavailable() && !e.is_retryable()), "{outcome:?}");
}

contract!(a_closed_store_is_unavailable, async |db| {
    db.close().await;
    is_unavailable(db.ping().await);
    is_unavailable(db.read().await);
    is_unavailable(db.begin().await);
});

contract!(a_database_without_a_free_connection_is_unavailable, async |db| {
    let mut taken = vec![db.begin().await.unwrap()];
    if db.engine() == Engine::Postgres {
        // All connections for pages.
        for _ in 1..11 {
            taken.push(db.begin().await.unwrap());
        }
    }
    is_unavailable(db.begin().await);
    drop(taken);
    written(db, async |tx| tx.insert_account(&account(1)).await).await;
});

#[test]
fn sqlite_locked_by_another_process_is_unavailable() {
    testing::run(Engine::Sqlite, async |db| {
        let other = Store::open(db.url()).await.unwrap();
        let holding = other.begin().await.unwrap();
        is_unavailable(db.begin().await);
        drop(holding);
        written(db, async |tx| tx.insert_account(&account(1)).await).await;
    });
}

/// Limits the size of the SQLite database by a pragma, which fails in the same way as a full disk.
async fn most_pages(db: &Database, most: u32) {
    let mut tx = db.begin().await.unwrap();
    let Connection::Sqlite(connection) = tx.on() else { panic!("this is SQLite") };
    let pragma = format!("PRAGMA max_page_count = {most}");
    sqlx::query(AssertSqlSafe(pragma)).execute(connection).await.unwrap();
}

#[test]
fn sqlite_that_is_full_is_unavailable_and_writes_nothing_by_halves() {
    testing::run(Engine::Sqlite, async |db| {
        a_license(db, 3).await;
        most_pages(db, 1).await;
        let mut tx = db.begin().await.unwrap();
        tx.insert_account(&account(1)).await.unwrap();
        let events: Vec<_> = (0..300).map(event).collect();
        is_unavailable(tx.insert_events(&events).await);
        drop(tx);
        most_pages(db, u32::MAX / 2).await;
        assert!(read!(db, account(id(1))).is_none());
        written(db, async |tx| tx.insert_events(&events).await).await;
    });
}

#[test]
fn a_postgresql_crash_is_unavailable_inside_and_outside_a_transaction() {
    testing::run(Engine::Sqlite, async |_| {
        let mut cluster = Cluster::start();
        let db = Database::on(&cluster).await;
        let mut reading = db.read().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.insert_account(&account(1)).await.unwrap();
        let untouched = db.begin().await.unwrap();
        cluster.stop();
        is_unavailable(tx.insert_account(&account(2)).await);
        is_unavailable(tx.commit().await);
        is_unavailable(untouched.commit().await);
        is_unavailable(reading.on().provider().await);
        drop(reading);
        is_unavailable(db.ping().await);
        is_unavailable(db.begin().await);
    });
}
