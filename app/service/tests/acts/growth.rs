//! Growth of the database that one activation code can cause.

use futures_util::future::join_all;
use licensing::{ActivationCode, Terms, terms::Holding};
use service::{Activation, CallKey, Error, Renewal, Service, Session};
use testing::{Database, Engine, contract};

use crate::{
    offline::request,
    test_service::{TestService, asking, origin, seats},
};

/// The requests that a client with one code and an active device can repeat without end.
#[derive(Clone, Copy, Debug)]
enum Asks {
    Repeats,
    Renames,
    RepeatsUnderKeys,
    RenamesUnderKeys,
    MoreDevices,
    MoreDevicesUnderKeys,
    DryRuns,
    Renewals,
    CheckOuts,
    Files,
}

const ALL: [Asks; 10] = [
    Asks::Repeats,
    Asks::Renames,
    Asks::RepeatsUnderKeys,
    Asks::RenamesUnderKeys,
    Asks::MoreDevices,
    Asks::MoreDevicesUnderKeys,
    Asks::DryRuns,
    Asks::Renewals,
    Asks::CheckOuts,
    Asks::Files,
];

/// Makes the `n`th request. It must succeed, be refused or be throttled.
async fn ask(service: &Service, (code, session): (&ActivationCode, &Session), asks: Asks, n: u32) {
    let name = Some(format!("{asks:?} {n}"));
    let key = CallKey::read("activate", format!("{asks:?}-{n}").as_bytes()).unwrap();
    let renamed = Activation { device_name: name.clone(), ..asking(code, "one") };
    let other = asking(code, &format!("{asks:?} {n}"));
    let answer = match asks {
        Asks::Repeats => service.activations().activate(asking(code, "one")).await.map(drop),
        Asks::Renames => service.activations().activate(renamed).await.map(drop),
        Asks::RepeatsUnderKeys => service.activations().activate_once(asking(code, "one"), Some(&key)).await.map(drop),
        Asks::RenamesUnderKeys => service.activations().activate_once(renamed, Some(&key)).await.map(drop),
        Asks::MoreDevices => service.activations().activate(other).await.map(drop),
        Asks::MoreDevicesUnderKeys => service.activations().activate_once(other, Some(&key)).await.map(drop),
        Asks::DryRuns => service.activations().dry_run(other).await.map(drop),
        Asks::Renewals => {
            service.activations().renew(session, Renewal { device_name: name, ..Renewal::default() }).await.map(drop)
        }
        Asks::CheckOuts if n.is_multiple_of(2) => service.activations().check_out(session, origin(2)).await,
        Asks::CheckOuts => service.activations().check_in(session, Renewal::default()).await.map(drop),
        Asks::Files => {
            service.offline().activate_offline(request(n, "drift-0", Some(code)), None, None, origin(3)).await.map(drop)
        }
    };
    if let Err(error) = answer {
        assert!(matches!(error, Error::Refused(_) | Error::Throttled(_)), "{asks:?} {n}: {error:?}");
    }
}

/// Size of the database, including the space of deleted rows.
async fn bytes(db: &Database) -> i64 {
    let sql = match db.engine() {
        Engine::Sqlite => "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        Engine::Postgres => {
            "SELECT CAST(SUM(pg_total_relation_size(oid)) AS BIGINT) FROM pg_class \
             WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        }
    };
    db.number(sql).await
}

/// Number of rows that grants and releases leave.
async fn rows(db: &Database) -> i64 {
    let count = |table: &str| format!("(SELECT COUNT(*) FROM {table})");
    let tables = ["events", "kept_calls", "activations", "offline_papers", "releases", "status_entries"];
    let granted = "(SELECT COUNT(*) FROM decisions WHERE outcome = 'granted')";
    db.number(&format!("SELECT {granted} + {}", tables.map(count).join(" + "))).await
}

contract!(one_code_at_full_speed_for_a_minute_takes_less_than_five_megabytes, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(Terms { holding: Holding::Floating, ..seats(2) }).await;
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    let session = fixture.service.activations().session(&token).await.unwrap();
    fixture
        .service
        .offline()
        .activate_offline(request(1_000_000, "drift-0", Some(&code)), None, None, origin(3))
        .await
        .unwrap();
    let before = bytes(db).await;
    let other = fixture.second_instance(db).await;
    let mut written = vec![];
    // The first round uses up each burst, the second, a minute later, the refill; the third must add nothing.
    for (round, calls, seconds) in [(0, 250, 60), (1, 20, 0), (2, 20, 0)] {
        for asks in ALL {
            let (calls, at_once) = match asks {
                Asks::CheckOuts if round < 2 => (640, 1),
                Asks::CheckOuts => (calls, 1),
                _ => (calls, 50),
            };
            let first = round * 1_000;
            let all: Vec<u32> = (first..first + calls).collect();
            for some in all.chunks(at_once) {
                join_all(some.iter().map(|n| ask(&other, (&code, &session), asks, *n))).await;
            }
        }
        written.push(rows(db).await);
        fixture.clock.advance(seconds);
    }
    // Refusals are written asynchronously.
    other.close().await;
    assert_eq!(written[2], written[1], "more rows than the limits allow: {written:?}");
    let refused = db.number("SELECT COUNT(*) FROM decisions WHERE outcome <> 'granted'").await;
    assert!(refused <= 206, "{refused} refusals");
    let grown = bytes(db).await - before;
    assert!(grown < 5 * 1024 * 1024, "{grown} bytes");
});
