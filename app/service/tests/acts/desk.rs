//! The desk under adverse conditions: a lock, a bad request, a caller that has gone, shutdown.

use std::{pin::Pin, time::Duration};

use licensing::license::StateChange;
use service::{Activation, Error, LicenseForm, store::Tx};
use testing::{Cluster, Database, Engine, contract};
use tokio::{task::JoinHandle, time::timeout};
use uuid::Uuid;

use crate::test_service::{TestService, asking, assert_err, seats};

type Given = JoinHandle<service::Result<(service::Activated, String)>>;

/// Long enough for requests to reach the desk.
pub(crate) const A_MOMENT: Duration = Duration::from_millis(300);

/// Makes the write desk wait: on SQLite by a lock on the database, on PostgreSQL by a lock on the license.
pub(crate) async fn hold(db: &Database, license: Uuid) -> Tx {
    let mut tx = db.begin().await.unwrap();
    tx.lock_license(license).await.unwrap();
    tx
}

pub(crate) fn ask(fixture: &TestService, asking: Activation) -> Given {
    let service = fixture.service.clone();
    tokio::spawn(async move { service.activations().activate(asking).await })
}

contract!(a_closing_service_answers_all_waiting_requests_and_no_later_ones, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(50)).await;
    let held = hold(db, license.id).await;
    let waiting: Vec<Given> = (0..50).map(|n| ask(&fixture, asking(&code, &format!("device {n}")))).collect();
    tokio::time::sleep(A_MOMENT).await;
    let closing = tokio::spawn({
        let service = fixture.service.clone();
        async move { service.close().await }
    });
    tokio::time::sleep(A_MOMENT).await;
    assert_err!(fixture.activate(&code, "too late").await, Error::Unavailable);
    assert!(!closing.is_finished() && waiting.iter().all(|one| !one.is_finished()));
    drop(held);
    for one in waiting {
        one.await.unwrap().unwrap();
    }
    closing.await.unwrap();
    assert_err!(fixture.activate(&code, "much too late").await, Error::Unavailable);
    fixture.service.close().await;
});

contract!(acts_of_staff_wait_until_the_desk_is_done_with_the_license, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(9)).await;
    let device = fixture.activate(&code, "one").await.unwrap().session_id;
    let (service, actor) = (&fixture.service, &fixture.actor);
    let form = LicenseForm::default();
    let acts: [Pin<Box<dyn Future<Output = service::Result<()>>>>; 3] = [
        Box::pin(service.devices().revoke_activation(device, "stolen", actor)),
        Box::pin(async { service.licenses().change_license(license.id, form, actor).await.map(drop) }),
        Box::pin(async {
            service.licenses().change_state(license.id, StateChange::Revoke, "refunded", actor).await.map(drop)
        }),
    ];
    for mut act in acts {
        let held = hold(db, license.id).await;
        assert!(timeout(A_MOMENT, &mut act).await.is_err(), "it waits for the lock");
        drop(held);
        act.await.unwrap();
    }
});

contract!(a_request_whose_caller_has_gone_takes_no_seat, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(9)).await;
    let held = hold(db, license.id).await;
    let first = ask(&fixture, asking(&code, "in the batch already"));
    tokio::time::sleep(A_MOMENT).await;
    let gone = ask(&fixture, asking(&code, "gone"));
    let here = ask(&fixture, asking(&code, "here"));
    tokio::time::sleep(A_MOMENT).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    drop(held);
    first.await.unwrap().unwrap();
    here.await.unwrap().unwrap();
    assert_eq!(fixture.seats(&license).await, 2);
});

contract!(requests_beyond_the_queue_are_told_to_retry_and_the_others_are_served, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1_000_000)).await;
    let held = hold(db, license.id).await;
    let asked: Vec<Given> = (0..5000).map(|n| ask(&fixture, asking(&code, &format!("device {n}")))).collect();
    while asked.iter().filter(|one| one.is_finished()).count() < 5000 - 4096 - 256 {
        tokio::task::yield_now().await;
    }
    drop(held);
    let (mut granted, mut sent_away) = (0, 0);
    for one in asked {
        match one.await.unwrap() {
            Ok(_) => granted += 1,
            Err(Error::Unavailable) => sent_away += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(sent_away >= 5000 - 4096 - 256, "{sent_away}");
    assert_eq!(fixture.seats(&license).await, granted);
});

/// PostgreSQL only: it refuses U+0000, which SQLite would accept. The public entry points never let it through.
#[test]
fn one_bad_request_in_a_batch_fails_on_its_own() {
    testing::run(Engine::Postgres, async |db| {
        let fixture = TestService::open(db).await;
        let (_, license, code) = fixture.licensed(seats(50)).await;
        let held = hold(db, license.id).await;
        let first = ask(&fixture, asking(&code, "in the batch already"));
        tokio::time::sleep(A_MOMENT).await;
        let good: Vec<Given> = (0..9).map(|n| ask(&fixture, asking(&code, &format!("device {n}")))).collect();
        let bad = Activation { device_name: Some("\0".to_owned()), ..asking(&code, "bad") };
        let bad = ask(&fixture, bad);
        tokio::time::sleep(A_MOMENT).await;
        drop(held);
        first.await.unwrap().unwrap();
        for one in good {
            one.await.unwrap().unwrap();
        }
        assert_err!(bad.await.unwrap(), Error::Internal(_));
        assert_eq!(fixture.seats(&license).await, 10);
    });
}

/// On a cluster of its own, which is stopped.
#[test]
fn without_its_database_the_service_is_unavailable_to_devices_but_serves_its_keys() {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    threads.block_on(async {
        let mut cluster = Cluster::start();
        let db = Database::on(&cluster).await;
        let fixture = TestService::open(&db).await;
        let (_, _, code) = fixture.licensed(seats(5)).await;
        fixture.activate(&code, "one").await.unwrap();
        let keys = fixture.service.keys().jwks().await;
        cluster.stop();
        assert_err!(fixture.activate(&code, "one").await, Error::Unavailable);
        assert_err!(fixture.activate(&code, "two").await, Error::Unavailable);
        assert_eq!(fixture.service.keys().jwks().await, keys);
    });
}
