//! Connections that fail, and transactions on them.

use std::time::{Duration, Instant};

use sqlx::AssertSqlSafe;
use store::{Connection, Engine, Store};
use testing::{Fault, Relay, contract};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::given::{account, id, read, written};

/// Ends every other session on this database.
const KILL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
     WHERE datname = current_database() AND pid <> pg_backend_pid()";

async fn run(store: &Store, sql: &str) -> sqlx::Result<()> {
    let sql = AssertSqlSafe(sql.to_owned());
    match store.read().await.unwrap().on() {
        Connection::Sqlite(c) => sqlx::raw_sql(sql).execute(c).await.map(drop),
        Connection::Postgres(c) => sqlx::raw_sql(sql).execute(c).await.map(drop),
    }
}

contract!(a_transaction_that_ended_by_itself_does_not_affect_later_ones, async |db| {
    for n in 1..=3 {
        let mut tx = db.begin().await.unwrap();
        tx.insert_account(&account(n)).await.unwrap();
        match tx.on() {
            Connection::Sqlite(c) => sqlx::raw_sql("ROLLBACK").execute(c).await.map(drop).unwrap(),
            Connection::Postgres(c) => {
                let own = "SELECT pg_terminate_backend(pg_backend_pid())";
                sqlx::raw_sql(own).execute(c).await.map(drop).unwrap_err();
            }
        }
        assert!(tx.commit().await.is_err());
        assert!(read!(db, account(id(n))).is_none());
    }
    written(db, async |tx| tx.insert_account(&account(9)).await).await;
});

contract!(a_transaction_with_a_failed_statement_cannot_be_committed, async |db| {
    written(db, async |tx| tx.insert_account(&account(1)).await).await;
    let mut tx = db.begin().await.unwrap();
    tx.insert_account(&account(2)).await.unwrap();
    assert!(tx.insert_account(&account(1)).await.is_err());
    assert!(tx.commit().await.is_err());
    assert!(read!(db, account(id(2))).is_none());
    // SQLite has one connection for writes: nothing of the failed transaction may remain on it.
    written(db, async |tx| tx.insert_account(&account(3)).await).await;
});

#[test]
fn no_call_fails_after_postgresql_has_ended_every_session() {
    testing::run(Engine::Postgres, async |db| {
        let other = Store::open(db.url()).await.unwrap();
        for _ in 0..2 {
            let mut held = Vec::new();
            for _ in 0..6 {
                held.push(db.read().await.unwrap());
            }
            drop(held);
            run(&other, KILL).await.unwrap();
            for _ in 0..4 {
                db.ping().await.unwrap();
                db.for_desk().begin().await.unwrap();
                db.for_api().ping().await.unwrap();
                drop(db.begin().await.unwrap());
            }
        }
        other.close().await;
    });
}

/// Keepalive lets PostgreSQL notice that a client is gone, and release its locks.
#[test]
fn every_connection_has_keepalive() {
    const WATCHED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM pg_settings WHERE (name, setting) IN \
         (('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3'), \
          ('tcp_user_timeout', '10000'))";
    testing::run(Engine::Postgres, async |db| {
        for lane in [db.for_desk(), db.for_api(), Store::clone(db)] {
            let mut reading = lane.read().await.unwrap();
            let Connection::Postgres(connection) = reading.on() else { unreachable!() };
            let watched: i64 = sqlx::query_scalar(WATCHED).fetch_one(connection).await.unwrap();
            assert_eq!(watched, 4);
        }
    });
}

contract!(pages_leave_the_desk_and_the_api_their_connections, async |db| {
    let mut pages = Vec::new();
    while let Ok(page) = db.read().await {
        pages.push(page);
    }
    db.for_desk().ping().await.unwrap();
    db.for_api().ping().await.unwrap();
    drop(db.for_desk().begin().await.unwrap());
    drop(pages);
    db.ping().await.unwrap();
});

/// SQLite runs queries in this process, on a thread per connection.
#[cfg(target_os = "linux")]
#[test]
fn queries_of_pages_run_on_threads_of_low_priority() {
    const LONG: &str =
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100000) SELECT COUNT(*) FROM c";
    // The nice value is the 17th field after the name in parentheses (proc_pid_stat(5)).
    let lowered = || {
        let stats = std::fs::read_dir("/proc/self/task").unwrap();
        let stats = stats.filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("stat")).ok());
        stats.filter(|stat| stat.rsplit(')').next().unwrap().split(' ').nth(17) == Some("15")).count()
    };
    testing::run(Engine::Sqlite, async |db| {
        for lane in [db.for_desk(), db.for_api()] {
            run(&lane, LONG).await.unwrap();
        }
        assert_eq!(lowered(), 0);
        run(db, LONG).await.unwrap();
        assert_eq!(lowered(), 1);
    });
}

/// A statement that was prepared while a table was small would otherwise scan it until its next analysis.
#[test]
fn statements_of_devices_on_postgresql_never_scan_a_table_that_has_an_index() {
    testing::run(Engine::Postgres, async |db| {
        let fails_unless =
            |setting: &str| format!("SELECT 1 / CAST(current_setting('enable_seqscan') = '{setting}' AS INTEGER)");
        for (lane, setting) in [(db.for_desk(), "off"), (db.for_api(), "off"), (Store::clone(db), "on")] {
            run(&lane, &fails_unless(setting)).await.unwrap();
        }
    });
}

contract!(connections_of_pages_rest_while_the_desk_works, async |db| {
    let long = match db.engine() {
        Engine::Sqlite => {
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000000) SELECT COUNT(*) FROM c"
        }
        Engine::Postgres => "SELECT pg_sleep(0.2)",
    };
    // One connection for pages.
    let pages = Store::open_with(db.url(), 4).await.unwrap();
    run(&pages, "SELECT 1").await.unwrap();
    let desk = pages.for_desk().begin().await.unwrap();
    let began = Instant::now();
    run(&pages, long).await.unwrap();
    let worked = began.elapsed();
    run(&pages, "SELECT 1").await.unwrap();
    assert!(began.elapsed() >= (2 * worked).min(Duration::from_secs(1)), "it rests longer than it worked");
    drop(desk);
    pages.close().await;
});

contract!(a_page_that_takes_too_long_fails_as_unavailable, async |db| {
    let endless = match db.engine() {
        Engine::Sqlite => "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT COUNT(*) FROM c",
        Engine::Postgres => "SELECT pg_sleep(600)",
    };
    let refused = run(db, endless).await.unwrap_err();
    assert!(store::Error::from(refused).is_unavailable());
    db.ping().await.unwrap();
});

#[test]
fn postgresql_with_few_connections_is_usable() {
    testing::run(Engine::Postgres, async |db| {
        let role = format!("few_{}", db.url().rsplit('_').next().unwrap());
        for grant in [
            format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 5"),
            format!("GRANT USAGE, CREATE ON SCHEMA public TO {role}"),
            format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"),
        ] {
            run(db, &grant).await.unwrap();
        }
        let few = Store::open(&db.url().replace("postgres@", &format!("{role}@"))).await.unwrap();
        let pings = (0..30).map(|_| {
            let few = few.clone();
            tokio::spawn(async move { few.ping().await })
        });
        for ping in pings.collect::<Vec<_>>() {
            ping.await.unwrap().unwrap();
        }
        few.for_desk().ping().await.unwrap();
        few.close().await;
        run(db, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await.unwrap();
    });
}

#[test]
fn a_silent_network_times_out_and_the_next_call_succeeds() {
    testing::run(Engine::Postgres, async |db| {
        let relay = Relay::start(db.url(), "127.0.0.1").await;
        let store = Store::open(&relay.url(db.url())).await.unwrap();
        let mut tx = store.for_desk().begin().await.unwrap();
        tx.insert_account(&account(1)).await.unwrap();
        relay.set(Fault::Silent);
        let began = Instant::now();
        assert!(tx.insert_account(&account(2)).await.unwrap_err().is_unavailable());
        drop(tx);
        // The server has ended the first transaction by itself and released its locks.
        written(&store.for_desk(), async |tx| tx.insert_account(&account(1)).await).await;
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
        store.ping().await.unwrap();
        store.ready().await.unwrap();
    });
}

#[test]
fn an_ipv6_address_is_supported() {
    testing::run(Engine::Postgres, async |db| {
        let relay = Relay::start(db.url(), "[::1]").await;
        let url = relay.url(db.url());
        assert!(url.contains("@[::1]:"), "{url}");
        let store = Store::open(&url).await.unwrap();
        store.ping().await.unwrap();
        store.close().await;
    });
}

/// Starts a server that answers every client with this error code. Returns its URL.
async fn refuses_with(code: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut bytes = [0; 1024];
            // Eight bytes are the client's request for TLS.
            if client.read(&mut bytes).await.unwrap_or(0) == 8 {
                _ = client.write_all(b"N").await;
                _ = client.read(&mut bytes).await;
            }
            let fields = format!("SFATAL\0VFATAL\0C{code}\0Mno\0\0");
            let length = u32::try_from(fields.len() + 4).unwrap().to_be_bytes();
            _ = client.write_all(&[b"E", &length[..], fields.as_bytes()].concat()).await;
        }
    });
    format!("postgres://somebody:hush@{address}/latchkey")
}

#[test]
fn every_error_on_opening_postgresql_says_what_to_do() {
    testing::run(Engine::Postgres, async |db| {
        let reader = format!("{}?options=-c%20default_transaction_read_only%3Don", db.url());
        let none = db.url().replace("latchkey_", "nowhere_");
        let mut wanted = vec![
            ("postgres://u@127.0.0.1:1/latchkey".to_owned(), "does not listen at 127.0.0.1:1: start it"),
            ("postgres://u@[::1]:1/latchkey".to_owned(), "does not listen at [::1]:1"),
            ("postgres://u@no.such.host.invalid/latchkey".to_owned(), "no.such.host.invalid, cannot be resolved"),
            ("postgres://u:hush@one,two/latchkey".to_owned(), "names several hosts"),
            ("postgres://u:hush@one:5432,two:5432/latchkey".to_owned(), "names several hosts"),
            ("postgres://u:hu@sh@127.0.0.1:1/latchkey".to_owned(), "does not listen at 127.0.0.1:1"),
            ("postgres://u:hu?sh@127.0.0.1/latchkey".to_owned(), "? as %3F"),
            ("postgres://u:hu/sh@127.0.0.1/latchkey".to_owned(), "write @ as %40, / as %2F"),
            ("postgres://u:1#sh@127.0.0.1/latchkey".to_owned(), "# as %23"),
            (none, "there is no database nowhere_"),
            (reader, "is read-only"),
        ];
        for (code, words) in [
            ("28P01", "rejects the password of somebody"),
            ("28000", "does not allow somebody to connect from here"),
            ("53300", "has no connection left for somebody"),
            ("57P03", "is starting or stopping"),
        ] {
            wanted.push((refuses_with(code).await, words));
        }
        for (url, words) in wanted {
            let refused = Store::open(&url).await.unwrap_err().to_string();
            assert!(refused.contains(words), "{url}: {refused}");
            assert!(!refused.contains("hush") && !refused.contains("sh@"), "{refused}");
        }
    });
}

#[test]
fn a_role_without_the_right_to_create_tables_gets_the_grant_to_run() {
    testing::run(Engine::Postgres, async |db| {
        let place = testing::Place::new(Engine::Postgres).await;
        let role = format!("poor_{}", db.url().rsplit('_').next().unwrap());
        run(db, &format!("CREATE ROLE {role} LOGIN")).await.unwrap();
        let empty = place.url().replace("postgres@", &format!("{role}@"));
        let refused = Store::open(&empty).await.unwrap_err().to_string();
        assert!(refused.contains(&format!("GRANT USAGE, CREATE ON SCHEMA public TO {role}")), "{refused}");
        run(db, &format!("DROP ROLE {role}")).await.unwrap();
    });
}
