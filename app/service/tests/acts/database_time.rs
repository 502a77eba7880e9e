//! Instances on one PostgreSQL decide by the database's clock, whatever the clocks of their machines show.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{Refusal, Span, Terms};
use service::{
    Clock, Error, Trust,
    store::{Store, activations::Activation},
};
use testing::{Database, Engine};
use uuid::Uuid;

use crate::test_service::{TestService, asking, assert_err, lease, refusal, seats};

const DAY: i64 = 86_400;

/// Opens a service on a PostgreSQL whose clock is 40 days ahead of this machine's.
async fn fixture(db: &Database) -> TestService {
    for sql in [
        "CREATE SCHEMA off",
        "CREATE TABLE off.ahead AS SELECT 0 AS seconds",
        "CREATE FUNCTION off.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS \
         'SELECT pg_catalog.clock_timestamp() + seconds * INTERVAL ''1 second'' FROM off.ahead'",
    ] {
        db.execute(sql).await;
    }
    ahead(db, 40 * DAY).await;
    let url = format!("{}?options[search_path]=public,off,pg_catalog", db.url());
    TestService::by(Clock::system(), Store::open(&url).await.unwrap()).await
}

/// Sets the database's clock `seconds` ahead of this machine's.
async fn ahead(db: &Database, seconds: i64) {
    db.execute(&format!("UPDATE off.ahead SET seconds = {seconds}")).await;
}

/// Number of days by which a time is ahead of this machine's clock.
fn days_ahead(moment: DateTime<Utc>) -> i64 {
    (moment - Clock::system().now() + TimeDelta::minutes(5)).num_days()
}

async fn device(fixture: &TestService, session: Uuid) -> Activation {
    fixture.service.store().read().await.unwrap().on().activation(session).await.unwrap().unwrap()
}

/// Runs an act that has to wait for a license's lock. While it waits, the database's clock is set `seconds` ahead.
async fn after_a_wait<T>(db: &Database, license: Uuid, act: impl Future<Output = T>, seconds: i64) -> T {
    let mut other = db.begin().await.unwrap();
    other.lock_license(license).await.unwrap();
    let meanwhile = async {
        let waiting =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let mut looks = 0;
        while db.number(waiting).await == 0 {
            looks += 1;
            assert!(looks < 1_000, "the act does not wait for the lock");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        ahead(db, seconds).await;
        drop(other);
    };
    tokio::join!(act, meanwhile).0
}

#[test]
fn grants_follow_the_clock_of_the_database() {
    testing::run(Engine::Postgres, async |db| {
        let fixture = fixture(db).await;
        assert_eq!((fixture.service.timekeeper().trust(), days_ahead(fixture.clock.now())), (Trust::Good, 40));
        let (_, _, code) = fixture.licensed(seats(1)).await;
        let (granted, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
        assert_eq!(days_ahead(device(&fixture, granted.session_id).await.activated_at), 40);
        fixture.service.activations().session(&token).await.unwrap();
        fixture.service.close().await;
    });
}

#[test]
fn the_time_is_read_after_the_wait_for_the_lock_of_the_license() {
    testing::run(Engine::Postgres, async |db| {
        let fixture = fixture(db).await;
        let (_, license, code) = fixture.licensed(seats(1)).await;
        let began = fixture.clock.now();
        let asked = fixture.service.activations().activate(asking(&code, "one"));
        let session = after_a_wait(db, license.id, asked, 40 * DAY + 1_800).await.unwrap().0.session_id;
        assert!(device(&fixture, session).await.activated_at - began >= TimeDelta::minutes(30));
        let revoked = fixture.service.devices().revoke_activation(session, "lost", &fixture.actor);
        after_a_wait(db, license.id, revoked, 40 * DAY + 3_600).await.unwrap();
        assert!(device(&fixture, session).await.revoked_at.unwrap() - began >= TimeDelta::minutes(60));
        fixture.service.close().await;
    });
}

#[test]
fn a_leap_of_the_database_clock_frees_no_seat() {
    testing::run(Engine::Postgres, async |db| {
        let fixture = fixture(db).await;
        let (_, _, code) = fixture.licensed(Terms { lease: lease(Span::hours(1)), ..seats(1) }).await;
        fixture.activate(&code, "one").await.unwrap();
        ahead(db, 80 * DAY).await;
        assert_err!(fixture.activate(&code, "two").await, Error::Unavailable);
        assert!(matches!(fixture.service.timekeeper().trust(), Trust::Ahead(_)));
        ahead(db, 40 * DAY).await;
        assert_eq!(fixture.service.timekeeper().keep_time().await.unwrap(), Trust::Good);
        let Refusal::SeatLimit { used: 1, .. } = refusal(fixture.activate(&code, "two").await) else { panic!() };
        fixture.service.close().await;
    });
}
