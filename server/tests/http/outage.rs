//! Answers while the database is unavailable.

use axum::http::StatusCode;
use serde_json::json;
use service::store::{Engine, Store};
use testing::{Cluster, Database, contract};

use crate::fixture::{Issued, JWT, LICENSE, Server};

/// Asserts that every call is a 503, except those that need no database.
async fn is_away(server: &Server, license: &Issued) {
    for path in [JWT, LICENSE] {
        for device in ["device-1", "device-2"] {
            let answer = server.post(path, &license.asks(device, json!({}))).await;
            assert_eq!(answer.problem(), (503, "unavailable".to_owned()), "{path}");
            assert_eq!(answer.header("retry-after"), "5");
            assert_eq!(answer.json()["retryable"], true);
        }
    }
    let ready = server.get("/health/ready").await;
    assert_eq!((ready.problem().0, ready.header("retry-after")), (503, "5"));
    assert_eq!(server.get("/health/live").await.status, StatusCode::OK);
    let keys = server.get("/.well-known/jwks.json").await;
    assert_eq!((keys.status, keys.json()["keys"].as_array().unwrap().len()), (StatusCode::OK, 1));
}

contract!(a_closed_database_is_a_503_and_leaves_no_partial_writes, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(2).create().await;
    let token = server.activate(&license, "device-1").await.token();

    db.close().await;
    is_away(&server, &license).await;

    let again = Server::on(&Store::open(db.url()).await.unwrap()).await;
    assert_eq!(license.devices_and_seats(&again).await, (1, 1));
    assert_eq!(again.activate(&license, "device-1").await.token().claims["sid"], token.claims["sid"]);
    again.activate(&license, "device-2").await.token();
    again.service.close().await;
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_postgresql_server_is_a_503() {
    let mut cluster = Cluster::start();
    let db = Database::on(&cluster).await;
    let server = Server::on(&db).await;
    let license = server.license().seats(2).create().await;
    server.activate(&license, "device-1").await.token();

    cluster.stop();

    is_away(&server, &license).await;
    assert_eq!(db.engine(), Engine::Postgres);
}

contract!(an_untrusted_clock_is_a_503_until_it_is_corrected, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(2).create().await;
    server.activate(&license, "device-1").await.token();
    for leap in [-301, 86_401] {
        server.clock.leap(leap);
        let answer = server.post(JWT, &license.asks("device-2", json!({}))).await;
        assert_eq!(answer.problem(), (503, "unavailable".to_owned()));
        let ready = server.get("/health/ready").await;
        assert_eq!(ready.problem(), (503, "unavailable".to_owned()));
        let which = match db.engine() {
            Engine::Sqlite => "The clock of this machine is",
            Engine::Postgres => "The clock of the database server is",
        };
        assert!(ready.json()["detail"].as_str().unwrap().starts_with(which), "{}", ready.json());
        assert_eq!(server.get("/health/live").await.status, StatusCode::OK);
        server.clock.leap(-leap);
        assert_eq!(server.get("/health/ready").await.status, StatusCode::OK);
    }
    server.activate(&license, "device-2").await.token();
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_license_does_not_delay_others_for_long() {
    let db = Database::new(Engine::Postgres).await;
    let server = Server::on(&db).await;
    let (locked, free) = (server.license().create().await, server.license().create().await);
    let mut held = db.begin().await.unwrap();
    held.lock_license(locked.id).await.unwrap();

    let (refused, granted) = tokio::join!(server.activate(&locked, "device-1"), server.activate(&free, "device-1"));

    assert_eq!(refused.problem(), (503, "unavailable".to_owned()));
    granted.token();
    drop(held);
    server.activate(&locked, "device-1").await.token();
    assert_eq!(server.get("/health/ready").await.status, StatusCode::OK);
    db.discard().await;
}
