//! Blocks on a license, on a product, and on the whole server.

use licensing::{ActivationCode, Fingerprint, product::Algorithm};
use serde_json::json;
use service::{BlockedFor, Error, NewBlock, store::licenses::License};
use testing::{Engine, contract};
use uuid::Uuid;

use crate::{
    desk::{A_MOMENT, ask, hold},
    test_service::{TestService, asking, assert_err, bad_fields, refusal, seats},
};

fn block(device: &str, blocked_for: BlockedFor, revoke: bool) -> NewBlock {
    let fingerprint = Fingerprint::read(device).unwrap();
    NewBlock { fingerprint, blocked_for, revoke, reason: "stolen".to_owned() }
}

/// Two licenses of one product and one of another, each with a device named `one`.
async fn three(fixture: &TestService) -> [(License, ActivationCode); 3] {
    let (drift, halcyon) =
        (fixture.product("drift", Algorithm::EdDSA).await, fixture.product("halcyon", Algorithm::EdDSA).await);
    let (of_drift, of_halcyon) = (fixture.policy(&drift, seats(5)).await, fixture.policy(&halcyon, seats(5)).await);
    let all = [fixture.license(&of_drift).await, fixture.license(&of_drift).await, fixture.license(&of_halcyon).await];
    for (_, code) in &all {
        fixture.activate(code, "one").await.unwrap();
    }
    all
}

/// The id of the only block.
async fn only_block(fixture: &TestService) -> Uuid {
    let mut reading = fixture.service.store().read().await.unwrap();
    let [row] = reading.on().blocks(Default::default(), Default::default(), 9).await.unwrap().rows.try_into().unwrap();
    row.block.id
}

contract!(a_block_covers_exactly_its_scope, async |db| {
    let fixture = TestService::open(db).await;
    let licenses = three(&fixture).await;
    let first = &licenses[0].0;
    for (blocked_for, reached) in [
        (BlockedFor::License(first.id), [true, false, false]),
        (BlockedFor::Product(first.product_id), [true, true, false]),
        (BlockedFor::Server, [true, true, true]),
    ] {
        fixture.service.devices().block_device(block("one", blocked_for, false), &fixture.actor).await.unwrap();
        for ((_, code), reached) in licenses.iter().zip(reached) {
            let asked = fixture.activate(code, "one").await;
            match reached {
                true => assert_eq!(refusal(asked).code(), "device_blocked", "{blocked_for:?}"),
                false => drop(asked.unwrap()),
            }
            fixture.activate(code, "two").await.unwrap();
        }
        fixture.service.devices().unblock_device(only_block(&fixture).await, "found", &fixture.actor).await.unwrap();
        fixture.activate(&licenses[0].1, "one").await.unwrap();
    }
    assert_eq!(fixture.events_of("device.blocked").await.len(), 3);
    assert_eq!(fixture.events_of("device.unblocked").await.len(), 3);
});

contract!(a_block_revokes_the_seats_in_its_scope_if_requested, async |db| {
    let fixture = TestService::open(db).await;
    let licenses = three(&fixture).await;
    let first = &licenses[0].0;
    for (blocked_for, left) in [
        (BlockedFor::License(first.id), [0, 1, 1]),
        (BlockedFor::Product(first.product_id), [0, 0, 1]),
        (BlockedFor::Server, [0, 0, 0]),
    ] {
        for (_, code) in &licenses {
            fixture.activate(code, "one").await.unwrap();
        }
        let taken =
            fixture.service.devices().block_device(block("one", blocked_for, true), &fixture.actor).await.unwrap();
        let mut held = vec![];
        for (license, _) in &licenses {
            held.push(fixture.seats(license).await);
        }
        assert_eq!((held, taken), (left.to_vec(), left.iter().filter(|seats| **seats == 0).count() as u64));
        let event = fixture.events_of("device.blocked").await.pop().unwrap();
        assert_eq!((event.reason.as_deref(), event.actor_name.as_str()), (Some("stolen"), "Ingrid"));
        assert_eq!(event.after.unwrap()["seats_taken"], json!(taken));
        assert_eq!(event.license_id, (blocked_for == BlockedFor::License(first.id)).then_some(first.id));
        fixture.service.devices().unblock_device(only_block(&fixture).await, "test", &fixture.actor).await.unwrap();
    }
    let revoked = fixture.events_of("device.revoked").await;
    assert_eq!(revoked.len(), 1 + 2 + 3);
    assert!(revoked.iter().all(|event| event.reason.as_deref() == Some("stolen")));
});

/// PostgreSQL only: SQLite has a single writer, either the desk or the block.
#[test]
fn a_device_that_activates_while_being_blocked_loses_its_seat() {
    testing::run(Engine::Postgres, async |db| {
        let fixture = TestService::open(db).await;
        let (_, license, code) = fixture.licensed(seats(5)).await;
        // The desk has read the blocks and waits for the license.
        let held = hold(db, license.id).await;
        let asked = ask(&fixture, asking(&code, "one"));
        tokio::time::sleep(A_MOMENT).await;
        let (service, actor) = (fixture.service.clone(), fixture.actor.clone());
        let block = block("one", BlockedFor::Server, true);
        let blocked = tokio::spawn(async move { service.devices().block_device(block, &actor).await });
        tokio::time::sleep(A_MOMENT).await;
        drop(held);
        let (asked, taken) = (asked.await.unwrap(), blocked.await.unwrap().unwrap());
        assert_eq!(taken, u64::from(asked.is_ok()), "a device that activates before the block loses its seat");
        assert_eq!(fixture.seats(&license).await, 0);
    });
}

contract!(a_blocked_device_with_a_seat_cannot_renew, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let activated = fixture.activate(&code, "one").await.unwrap();
    let mut asking = asking(&code, "one");
    asking.device_name = Some("Laptop".to_owned());
    let (_, token) = fixture.service.activations().activate(asking).await.unwrap();
    let session = fixture.service.activations().session(&token).await.unwrap();
    fixture
        .service
        .devices()
        .block_device(block("one", BlockedFor::License(license.id), false), &fixture.actor)
        .await
        .unwrap();
    assert_eq!(
        refusal(fixture.service.activations().renew(&session, Default::default()).await).code(),
        "device_blocked"
    );
    assert_eq!(fixture.seats(&license).await, 1, "its seat is held until its token ends");
    let [event] = fixture.events_of("device.blocked").await.try_into().unwrap();
    assert_eq!(event.subject_name, "Laptop");
    assert_eq!(fixture.devices(&license).await[0].id, activated.session_id);
});

contract!(a_block_needs_a_reason_and_an_existing_scope_and_is_made_once, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, _) = fixture.licensed(seats(1)).await;
    let here = BlockedFor::License(license.id);
    let mute = NewBlock { reason: " ".to_owned(), ..block("one", here, false) };
    assert_eq!(bad_fields(fixture.service.devices().block_device(mute, &fixture.actor).await), ["reason"]);
    for nowhere in [BlockedFor::License(Uuid::nil()), BlockedFor::Product(Uuid::nil())] {
        assert_err!(
            fixture.service.devices().block_device(block("one", nowhere, false), &fixture.actor).await,
            Error::NotFound(_)
        );
    }
    fixture.service.devices().block_device(block("one", here, false), &fixture.actor).await.unwrap();
    assert_err!(
        fixture.service.devices().block_device(block("one", here, true), &fixture.actor).await,
        Error::Conflict(_)
    );
    let id = only_block(&fixture).await;
    assert_eq!(bad_fields(fixture.service.devices().unblock_device(id, "", &fixture.actor).await), ["reason"]);
    fixture.service.devices().unblock_device(id, "found", &fixture.actor).await.unwrap();
    assert_err!(fixture.service.devices().unblock_device(id, "found", &fixture.actor).await, Error::NotFound("block"));
    assert_eq!(fixture.events_of("device.blocked").await.len(), 1);
});

contract!(devices_that_activate_while_being_blocked_hold_no_seat_afterwards, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(99)).await;
    for n in 0..10 {
        let device = format!("device {n}");
        fixture.activate(&code, &device).await.unwrap();
        fixture.clock.advance(7 * 86_400);
        let (blocked, asked) = tokio::join!(
            fixture
                .service
                .devices()
                .block_device(block(&device, BlockedFor::License(license.id), true), &fixture.actor),
            fixture.activate(&code, &device),
        );
        assert_eq!(blocked.unwrap(), 1);
        drop(asked);
        assert_eq!(fixture.seats(&license).await, 0, "{device}");
        assert_eq!(refusal(fixture.activate(&code, &device).await).code(), "device_blocked");
    }
});
