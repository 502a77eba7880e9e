//! Undo of revoked and freed seats.

use licensing::{
    Span, Terms,
    license::Step,
    product::Algorithm,
    terms::{Holding, Identity, Strictness},
};
use service::{Error, PolicyForm};
use testing::{Database, contract};
use uuid::Uuid;

use crate::house::{House, asking, assert_err, origin, refusal, seats};

/// Entries of the status list for the only session; none means that it is valid.
async fn said(house: &House, db: &Database) -> Vec<String> {
    let list = db.number("SELECT COUNT(*) FROM status_lists").await;
    assert_eq!(list, 1);
    let mut reading = house.service.store().read().await.unwrap();
    let id = reading.on().open_status_list().await.unwrap().unwrap().id;
    let said = reading.on().statuses(id, house.clock.now()).await.unwrap();
    said.into_iter().map(|said| said.status.name().to_owned()).collect()
}

contract!(an_undone_revocation_restores_the_device_completely, async |db| {
    let house = House::open(db).await;
    for strictness in [Strictness::Lenient, Strictness::Strict] {
        let house = &house;
        let (_, license, code) = house.licensed(Terms { strictness, ..seats(1) }).await;
        let (activated, token) = house.service.activate(asking(&code, "one")).await.unwrap();
        let before = house.devices(&license).await;
        house.clock.advance(60);
        house.service.revoke_activation(activated.session_id, "the wrong one", &house.actor).await.unwrap();
        assert_eq!(said(house, db).await, ["invalid"]);
        house.clock.advance(599);
        house.service.undo_release(activated.session_id, &house.actor).await.unwrap();
        assert_eq!(house.devices(&license).await, before, "{strictness:?}");
        assert_eq!(said(house, db).await, [] as [&str; 0]);
        assert_eq!(house.seats(&license).await, 1);
        assert_eq!(refusal(house.activate(&code, "two").await).code(), "seat_limit");
        let session = house.service.session(&token).await.unwrap();
        let (renewed, _) = house.service.renew(&session, Default::default()).await.unwrap();
        assert_eq!(renewed.session_id, activated.session_id, "the session goes on");
    }
    let told = house.events_of("device.restored").await;
    assert_eq!(told.len(), 2);
    assert_eq!((told[0].actor_name.as_str(), told[0].subject_kind.as_str()), ("Ingrid", "device"));
});

contract!(a_freed_seat_is_restored_too, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(1)).await;
    let device = house.activate(&code, "one").await.unwrap().session_id;
    let before = house.devices(&license).await;
    house.service.free_seat(device, "the wrong one", &house.actor).await.unwrap();
    house.service.undo_release(device, &house.actor).await.unwrap();
    assert_eq!(house.devices(&license).await, before);
});

contract!(nothing_is_restored_too_late_or_twice_or_if_support_freed_nothing, async |db| {
    let house = House::open(db).await;
    let (_, _, code) = house.licensed(seats(3)).await;
    let undo = async |id| house.service.undo_release(id, &house.actor).await;
    let late = house.activate(&code, "late").await.unwrap().session_id;
    assert_err!(undo(late).await, Error::Conflict(_));
    house.service.revoke_activation(late, "sold", &house.actor).await.unwrap();
    house.clock.advance(600);
    assert_err!(undo(late).await, Error::Conflict(_));

    let twice = house.activate(&code, "twice").await.unwrap().session_id;
    house.service.revoke_activation(twice, "sold", &house.actor).await.unwrap();
    undo(twice).await.unwrap();
    assert_err!(undo(twice).await, Error::Conflict(_));

    // A release by the device itself, in a session that support had freed and restored.
    let (_, token) = house.service.activate(asking(&code, "twice")).await.unwrap();
    let session = house.service.session(&token).await.unwrap();
    house.service.release(&session, origin(2)).await.unwrap();
    assert_err!(undo(twice).await, Error::Conflict(_));
    assert_err!(undo(Uuid::nil()).await, Error::NotFound("device"));
    assert_eq!(house.events_of("device.restored").await.len(), 1);
});

contract!(a_seat_given_to_another_device_is_not_restored, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(1)).await;
    let first = house.activate(&code, "one").await.unwrap().session_id;
    house.service.revoke_activation(first, "sold", &house.actor).await.unwrap();
    house.activate(&code, "two").await.unwrap();
    assert_err!(house.service.undo_release(first, &house.actor).await, Error::Conflict(_));
    assert_eq!((house.seats(&license).await, said(&house, db).await), (1, vec!["invalid".to_owned()]));
});

contract!(a_device_that_returned_by_itself_has_another_session, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(1)).await;
    let first = house.activate(&code, "one").await.unwrap().session_id;
    house.service.revoke_activation(first, "by mistake", &house.actor).await.unwrap();
    let second = house.activate(&code, "one").await.unwrap().session_id;
    assert_err!(house.service.undo_release(first, &house.actor).await, Error::NotFound("device"));
    assert_err!(house.service.undo_release(second, &house.actor).await, Error::Conflict(_));
    // What was stored for the first session does not apply to the second, whoever ends that one.
    let (_, token) = house.service.activate(asking(&code, "one")).await.unwrap();
    house.service.release(&house.service.session(&token).await.unwrap(), origin(2)).await.unwrap();
    assert_err!(house.service.undo_release(second, &house.actor).await, Error::Conflict(_));
    assert_eq!(house.seats(&license).await, 0);
});

contract!(a_checked_out_device_is_restored_as_checked_out, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(Terms { holding: Holding::Floating, ..seats(1) }).await;
    let (activated, token) = house.service.activate(asking(&code, "one")).await.unwrap();
    house.service.check_out(&house.service.session(&token).await.unwrap(), origin(2)).await.unwrap();
    house.service.revoke_activation(activated.session_id, "by mistake", &house.actor).await.unwrap();
    house.activate(&code, "two").await.unwrap();
    house.service.undo_release(activated.session_id, &house.actor).await.unwrap();
    assert_eq!((house.seats(&license).await, said(&house, db).await), (1, vec!["suspended".to_owned()]));
});

contract!(a_checked_out_seat_given_away_under_lenient_terms_is_not_restored, async |db| {
    let house = House::open(db).await;
    let terms = |strictness| Terms { holding: Holding::Floating, strictness, ..seats(1) };
    let (policy, license, code) = house.licensed(terms(Strictness::Strict)).await;
    let (first, token) = house.service.activate(asking(&code, "one")).await.unwrap();
    // Under strict terms its hold lasts as long as its token, even though it is checked out.
    house.service.check_out(&house.service.session(&token).await.unwrap(), origin(2)).await.unwrap();
    let lenient = PolicyForm { name: policy.name.clone(), terms: terms(Strictness::Lenient) };
    house.service.change_policy(policy.id, lenient, &house.actor).await.unwrap();
    house.service.free_seat(first.session_id, "by mistake", &house.actor).await.unwrap();
    house.activate(&code, "two").await.unwrap();
    assert_err!(house.service.undo_release(first.session_id, &house.actor).await, Error::Conflict(_));
    assert_eq!(house.seats(&license).await, 1, "never more seats than the license has");
});

contract!(a_revoked_license_and_a_seat_elsewhere_prevent_an_undo, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(1)).await;
    let device = house.activate(&code, "one").await.unwrap().session_id;
    house.service.revoke_activation(device, "sold", &house.actor).await.unwrap();
    house.service.step_license(license.id, Step::Revoke, "refunded", &house.actor).await.unwrap();
    assert_err!(house.service.undo_release(device, &house.actor).await, Error::Conflict(_));

    let product = house.product("only-one", Algorithm::EdDSA).await;
    let policy = house.policy(&product, Terms { identity: Identity::Policy, grace: Span::ZERO, ..seats(5) }).await;
    let [(_, here), (_, there)] = [house.license(&policy).await, house.license(&policy).await];
    let first = house.activate(&here, "one").await.unwrap().session_id;
    house.service.revoke_activation(first, "moved", &house.actor).await.unwrap();
    house.activate(&there, "one").await.unwrap();
    assert_err!(house.service.undo_release(first, &house.actor).await, Error::Conflict(_));
});

contract!(of_two_undone_devices_with_one_free_seat_one_is_restored, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(2)).await;
    for _ in 0..5 {
        let [one, two] = [house.activate(&code, "one").await.unwrap(), house.activate(&code, "two").await.unwrap()];
        for device in [&one, &two] {
            house.service.revoke_activation(device.session_id, "moved", &house.actor).await.unwrap();
        }
        house.activate(&code, "three").await.unwrap();
        let (first, second) = tokio::join!(
            house.service.undo_release(one.session_id, &house.actor),
            house.service.undo_release(two.session_id, &house.actor),
        );
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert_eq!(house.seats(&license).await, 2);
        for device in house.devices(&license).await.iter().filter(|device| device.revoked_at.is_none()) {
            house.service.revoke_activation(device.id, "anew", &house.actor).await.unwrap();
        }
    }
});
