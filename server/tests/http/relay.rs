//! A network between the server and PostgreSQL that fails repeatedly under load.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use service::store::{Engine, Store};
use testing::{Database, Fault, Relay};
use tokio::{task::JoinSet, time::sleep};

use crate::fixture::{Issued, Server};

/// Maximum time from the start of a fault to the first successful activation.
const PATIENCE: Duration = Duration::from_secs(10);
/// Time between two probes.
const PAUSE: Duration = Duration::from_millis(50);

/// Starts devices that activate one after another. The tasks return the names of those that were granted.
fn load(server: &Server, license: &Issued, name: usize) -> JoinSet<Vec<String>> {
    let mut tasks = JoinSet::new();
    for n in 0..4 {
        let (server, license) = (server.clone(), license.clone());
        tasks.spawn(async move {
            let mut granted = Vec::new();
            for device in 0..12 {
                let device = format!("device-{name}-{n}-{device}");
                let answer = server.activate(&license, &device).await;
                match answer.status {
                    StatusCode::OK => granted.push(device),
                    status => assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text()),
                }
                sleep(Duration::from_millis(20)).await;
            }
            granted
        });
    }
    tasks
}

/// Waits until an activation succeeds. Asserts that the server is not ready while none can.
async fn recovers(server: &Server, license: &Issued, (fault, began): (Fault, Instant), n: usize) -> String {
    for attempt in 0.. {
        let ready = server.get("/health/ready").await.status == StatusCode::OK;
        let device = format!("probe-{n}-{attempt}");
        if server.activate(license, &device).await.status == StatusCode::OK {
            assert!(began.elapsed() < PATIENCE, "{fault:?}: the first activation succeeds after {:?}", began.elapsed());
            return device;
        }
        assert!(!ready, "{fault:?}: ready, although no activation succeeds");
        assert!(began.elapsed() < PATIENCE, "{fault:?}: no activation has succeeded for {:?}", began.elapsed());
        sleep(PAUSE).await;
    }
    unreachable!("the loop ends only with a success")
}

#[test]
fn repeated_network_failures_lose_no_grant() {
    testing::run(Engine::Postgres, async |db: &Database| {
        let relay = Relay::start(db.url(), "127.0.0.1").await;
        let server = Server::on(&Store::open(&relay.url(db.url())).await.unwrap()).await;
        let license = server.license().seats(100_000).create().await;
        let mut granted = Vec::new();
        let kinds = [Fault::Reset, Fault::Silent, Fault::Refuse, Fault::Delay(Duration::from_millis(30))];
        for n in 0..testing::faults() {
            let fault = kinds[n % kinds.len()];
            let mut tasks = load(&server, &license, n);
            sleep(PAUSE).await;
            relay.set(fault);
            let began = Instant::now();
            if matches!(fault, Fault::Refuse | Fault::Reset) {
                let down = server.get("/health/ready").await;
                assert_eq!(down.problem(), (503, "unavailable".to_owned()), "{fault:?}");
            }
            sleep(PAUSE * 4).await;
            relay.set(Fault::None);
            granted.push(recovers(&server, &license, (fault, began), n).await);
            while let Some(devices) = tasks.join_next().await {
                granted.extend(devices.unwrap());
            }
        }
        let reading = &mut db.read().await.unwrap();
        let kept = reading.on().activations(license.id, 1_000_000).await.unwrap();
        for device in &granted {
            assert!(kept.iter().any(|one| one.fingerprint == *device), "{device} was granted but is not stored");
        }
        assert!(granted.len() > 4, "{}", granted.len());
    });
}
