//! Blocks on a license, on a product, and on the whole server.

use licensing::{ActivationCode, Fingerprint, product::Algorithm};
use serde_json::json;
use service::{BlockedFor, Error, NewBlock, store::licenses::License};
use testing::{Engine, contract};
use uuid::Uuid;

use crate::{
    desk::{A_MOMENT, ask, hold},
    house::{House, asking, assert_err, bad_fields, refusal, seats},
};

fn block(device: &str, blocked_for: BlockedFor, revoke: bool) -> NewBlock {
    let fingerprint = Fingerprint::read(device).unwrap();
    NewBlock { fingerprint, blocked_for, revoke, reason: "stolen".to_owned() }
}

/// Two licenses of one product and one of another, each with a device named `one`.
async fn three(house: &House) -> [(License, ActivationCode); 3] {
    let (drift, halcyon) =
        (house.product("drift", Algorithm::EdDSA).await, house.product("halcyon", Algorithm::EdDSA).await);
    let (of_drift, of_halcyon) = (house.policy(&drift, seats(5)).await, house.policy(&halcyon, seats(5)).await);
    let all = [house.license(&of_drift).await, house.license(&of_drift).await, house.license(&of_halcyon).await];
    for (_, code) in &all {
        house.activate(code, "one").await.unwrap();
    }
    all
}

/// The id of the only block.
async fn only_block(house: &House) -> Uuid {
    let mut reading = house.service.store().read().await.unwrap();
    let [row] = reading.on().blocks(Default::default(), Default::default(), 9).await.unwrap().rows.try_into().unwrap();
    row.block.id
}

contract!(a_block_covers_exactly_its_scope, async |db| {
    let house = House::open(db).await;
    let licenses = three(&house).await;
    let first = &licenses[0].0;
    for (blocked_for, reached) in [
        (BlockedFor::License(first.id), [true, false, false]),
        (BlockedFor::Product(first.product_id), [true, true, false]),
        (BlockedFor::Server, [true, true, true]),
    ] {
        house.service.block_device(block("one", blocked_for, false), &house.actor).await.unwrap();
        for ((_, code), reached) in licenses.iter().zip(reached) {
            let asked = house.activate(code, "one").await;
            match reached {
                true => assert_eq!(refusal(asked).code(), "device_blocked", "{blocked_for:?}"),
                false => drop(asked.unwrap()),
            }
            house.activate(code, "two").await.unwrap();
        }
        house.service.unblock_device(only_block(&house).await, "found", &house.actor).await.unwrap();
        house.activate(&licenses[0].1, "one").await.unwrap();
    }
    assert_eq!(house.events_of("device.blocked").await.len(), 3);
    assert_eq!(house.events_of("device.unblocked").await.len(), 3);
});

contract!(a_block_revokes_the_seats_in_its_scope_if_requested, async |db| {
    let house = House::open(db).await;
    let licenses = three(&house).await;
    let first = &licenses[0].0;
    for (blocked_for, left) in [
        (BlockedFor::License(first.id), [0, 1, 1]),
        (BlockedFor::Product(first.product_id), [0, 0, 1]),
        (BlockedFor::Server, [0, 0, 0]),
    ] {
        for (_, code) in &licenses {
            house.activate(code, "one").await.unwrap();
        }
        let taken = house.service.block_device(block("one", blocked_for, true), &house.actor).await.unwrap();
        let mut held = vec![];
        for (license, _) in &licenses {
            held.push(house.seats(license).await);
        }
        assert_eq!((held, taken), (left.to_vec(), left.iter().filter(|seats| **seats == 0).count() as u64));
        let event = house.events_of("device.blocked").await.pop().unwrap();
        assert_eq!((event.reason.as_deref(), event.actor_name.as_str()), (Some("stolen"), "Ingrid"));
        assert_eq!(event.after.unwrap()["seats_taken"], json!(taken));
        assert_eq!(event.license_id, (blocked_for == BlockedFor::License(first.id)).then_some(first.id));
        house.service.unblock_device(only_block(&house).await, "test", &house.actor).await.unwrap();
    }
    let revoked = house.events_of("device.revoked").await;
    assert_eq!(revoked.len(), 1 + 2 + 3);
    assert!(revoked.iter().all(|event| event.reason.as_deref() == Some("stolen")));
});

/// PostgreSQL only: SQLite has a single writer, either the desk or the block.
#[test]
fn a_device_that_activates_while_being_blocked_loses_its_seat() {
    testing::run(Engine::Postgres, async |db| {
        let house = House::open(db).await;
        let (_, license, code) = house.licensed(seats(5)).await;
        // The desk has read the blocks and waits for the license.
        let held = hold(db, license.id).await;
        let asked = ask(&house, asking(&code, "one"));
        tokio::time::sleep(A_MOMENT).await;
        let (service, actor) = (house.service.clone(), house.actor.clone());
        let block = block("one", BlockedFor::Server, true);
        let blocked = tokio::spawn(async move { service.block_device(block, &actor).await });
        tokio::time::sleep(A_MOMENT).await;
        drop(held);
        let (asked, taken) = (asked.await.unwrap(), blocked.await.unwrap().unwrap());
        assert_eq!(taken, u64::from(asked.is_ok()), "a device that activates before the block loses its seat");
        assert_eq!(house.seats(&license).await, 0);
    });
}

contract!(a_blocked_device_with_a_seat_cannot_renew, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(1)).await;
    let activated = house.activate(&code, "one").await.unwrap();
    let mut asking = asking(&code, "one");
    asking.device_name = Some("Laptop".to_owned());
    let (_, token) = house.service.activate(asking).await.unwrap();
    let session = house.service.session(&token).await.unwrap();
    house.service.block_device(block("one", BlockedFor::License(license.id), false), &house.actor).await.unwrap();
    assert_eq!(refusal(house.service.renew(&session, Default::default()).await).code(), "device_blocked");
    assert_eq!(house.seats(&license).await, 1, "its seat is held until its token ends");
    let [event] = house.events_of("device.blocked").await.try_into().unwrap();
    assert_eq!(event.subject_name, "Laptop");
    assert_eq!(house.devices(&license).await[0].id, activated.session_id);
});

contract!(a_block_needs_a_reason_and_an_existing_scope_and_is_made_once, async |db| {
    let house = House::open(db).await;
    let (_, license, _) = house.licensed(seats(1)).await;
    let here = BlockedFor::License(license.id);
    let mute = NewBlock { reason: " ".to_owned(), ..block("one", here, false) };
    assert_eq!(bad_fields(house.service.block_device(mute, &house.actor).await), ["reason"]);
    for nowhere in [BlockedFor::License(Uuid::nil()), BlockedFor::Product(Uuid::nil())] {
        assert_err!(house.service.block_device(block("one", nowhere, false), &house.actor).await, Error::NotFound(_));
    }
    house.service.block_device(block("one", here, false), &house.actor).await.unwrap();
    assert_err!(house.service.block_device(block("one", here, true), &house.actor).await, Error::Conflict(_));
    let id = only_block(&house).await;
    assert_eq!(bad_fields(house.service.unblock_device(id, "", &house.actor).await), ["reason"]);
    house.service.unblock_device(id, "found", &house.actor).await.unwrap();
    assert_err!(house.service.unblock_device(id, "found", &house.actor).await, Error::NotFound("block"));
    assert_eq!(house.events_of("device.blocked").await.len(), 1);
});

contract!(devices_that_activate_while_being_blocked_hold_no_seat_afterwards, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(99)).await;
    for n in 0..10 {
        let device = format!("device {n}");
        house.activate(&code, &device).await.unwrap();
        house.clock.advance(7 * 86_400);
        let (blocked, asked) = tokio::join!(
            house.service.block_device(block(&device, BlockedFor::License(license.id), true), &house.actor),
            house.activate(&code, &device),
        );
        assert_eq!(blocked.unwrap(), 1);
        drop(asked);
        assert_eq!(house.seats(&license).await, 0, "{device}");
        assert_eq!(refusal(house.activate(&code, &device).await).code(), "device_blocked");
    }
});
