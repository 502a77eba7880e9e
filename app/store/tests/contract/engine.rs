//! Opening, transactions, and the settings of each engine.

use std::time::Duration;

use store::{Connection, Engine, Error, OpenError, Store};
use testing::{Place, contract};

use crate::given::{account, at, id, read, written};

contract!(a_fresh_database_answers, async |db| db.ping().await.unwrap());

contract!(a_reopened_database_keeps_its_data, async |db| {
    written(db, async |tx| tx.insert_account(&account(1)).await).await;
    for _ in 0..2 {
        let again = Store::open(db.url()).await.unwrap();
        assert_eq!(again.engine(), db.engine());
        assert!(read!(again, account(id(1))).is_some());
        again.close().await;
    }
    assert!(read!(db, account(id(1))).is_some());
});

contract!(instances_that_start_together_on_an_empty_database_all_open_it, async |db| {
    let place = Place::new(db.engine()).await;
    let starting = [(); 4].map(|()| {
        let url = place.url().to_owned();
        tokio::spawn(async move { Store::open(&url).await })
    });
    for start in starting {
        start.await.unwrap().unwrap().ping().await.unwrap();
    }
});

contract!(uncommitted_changes_are_not_visible, async |db| {
    let mut tx = db.begin().await.unwrap();
    tx.insert_account(&account(1)).await.unwrap();
    assert!(tx.on().account(id(1)).await.unwrap().is_some());
    drop(tx);
    assert!(read!(db, account(id(1))).is_none());
    written(db, async |tx| tx.insert_account(&account(1)).await).await;
    assert!(read!(db, account(id(1))).is_some());
});

contract!(a_conflict_fails_only_its_own_transaction, async |db| {
    written(db, async |tx| tx.insert_account(&account(1)).await).await;
    let mut tx = db.begin().await.unwrap();
    tx.insert_account(&account(2)).await.unwrap();
    assert!(matches!(tx.insert_account(&account(1)).await, Err(Error::Conflict(_))));
    drop(tx);
    assert!(read!(db, account(id(2))).is_none());
    written(db, async |tx| tx.insert_account(&account(2)).await).await;
});

contract!(a_canceled_write_does_not_affect_later_ones, async |db| {
    written(db, async |tx| tx.insert_account(&account(1)).await).await;
    for patience in 0..150 {
        let write = written(db, async |tx| {
            tx.count_sign_in_failure(id(1), at(0)).await?;
            tx.forget_sign_in_failures(id(1)).await
        });
        drop(tokio::time::timeout(Duration::from_micros(patience * 20), write).await);
    }
    db.ready().await.expect("canceled calls do not make the database unready");
    written(db, async |tx| tx.count_sign_in_failure(id(1), at(0)).await).await;
    assert_eq!(read!(db, account(id(1))).unwrap().failures, 1);
});

#[test]
fn connections_for_reading_cannot_write_sqlite() {
    testing::run(Engine::Sqlite, async |db| {
        for _ in 0..8 {
            let mut reading = db.read().await.unwrap();
            let Connection::Sqlite(connection) = reading.on() else { panic!("this is SQLite") };
            let refused = sqlx::query("DELETE FROM accounts").execute(connection).await.unwrap_err();
            assert!(Error::from(refused).is_unavailable(), "a read-only database may become writable later");
        }
    });
}

#[test]
fn sqlite_is_configured_to_keep_what_it_commits() {
    testing::run(Engine::Sqlite, async |db| {
        let mut tx = db.begin().await.unwrap();
        let Connection::Sqlite(connection) = tx.on() else { panic!("this is SQLite") };
        for (pragma, wanted) in [
            ("SELECT journal_mode FROM pragma_journal_mode", "wal"),
            ("SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous", "2"),
            ("SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys", "1"),
            ("SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout", "5000"),
        ] {
            let found: String = sqlx::query_scalar(pragma).fetch_one(&mut *connection).await.unwrap();
            assert_eq!(found, wanted, "{pragma}");
        }
    });
}

#[test]
fn sqlite_opens_in_folders_of_any_name() {
    testing::run(Engine::Sqlite, async |_| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Zoë's licenses 👍");
        std::fs::create_dir(&path).unwrap();
        let file = path.join("latchkey.db");
        Store::open(&format!("sqlite:{}", file.display())).await.unwrap().close().await;
        assert!(file.exists());
    });
}

#[test]
fn postgres_that_may_lose_a_commit_is_refused() {
    testing::run(Engine::Postgres, async |db| {
        for (setting, refused) in [("off", true), ("local", true), ("on", false), ("remote_apply", false)] {
            let opened = Store::open(&format!("{}?options=-c%20synchronous_commit%3D{setting}", db.url())).await;
            match opened {
                Err(OpenError::NotDurable(found)) => assert!(refused && found == setting),
                opened => assert!(!refused, "{setting}: {opened:?}"),
            }
        }
    });
}

#[test]
fn a_bad_url_is_refused_in_a_sentence() {
    testing::run(Engine::Sqlite, async |_| {
        for (url, sentence) in [
            ("mysql://localhost/x", "must begin with sqlite: or postgres:, but begins with \"mysql\""),
            ("", "must begin with sqlite: or postgres:"),
            ("sqlite:/no/such/folder/latchkey.db", "the database cannot be opened: "),
            ("postgres://127.0.0.1:1/latchkey", "PostgreSQL does not listen at 127.0.0.1:1: start it"),
            ("postgres://[", "the database cannot be opened: "),
        ] {
            let refused = Store::open(url).await.unwrap_err().to_string();
            assert!(refused.contains(sentence), "{url}: {refused}");
        }
    });
}

#[test]
fn no_lock_is_shared_by_the_page_caches_of_sqlite() {
    testing::run(Engine::Sqlite, async |db| {
        for option in ["ENABLE_MEMORY_MANAGEMENT", "DEFAULT_MEMSTATUS=1"] {
            assert_eq!(db.number(&format!("SELECT sqlite_compileoption_used('{option}')")).await, 0, "{option}");
        }
    });
}
