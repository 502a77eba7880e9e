//! Undo of revoked and freed seats.

use licensing::{
    Span, Terms,
    license::StateChange,
    product::Algorithm,
    terms::{Holding, Identity, Strictness},
};
use service::{Error, PolicyForm};
use testing::{Database, contract};
use uuid::Uuid;

use crate::test_service::{TestService, asking, assert_err, origin, refusal, seats};

/// Entries of the status list for the only session; none means that it is valid.
async fn text(fixture: &TestService, db: &Database) -> Vec<String> {
    let list = db.number("SELECT COUNT(*) FROM status_lists").await;
    assert_eq!(list, 1);
    let mut reading = fixture.service.store().read().await.unwrap();
    let id = reading.on().open_status_list().await.unwrap().unwrap().id;
    let text = reading.on().statuses(id, fixture.clock.now()).await.unwrap();
    text.into_iter().map(|text| text.status.name().to_owned()).collect()
}

contract!(an_undone_revocation_restores_the_device_completely, async |db| {
    let fixture = TestService::open(db).await;
    for strictness in [Strictness::Lenient, Strictness::Strict] {
        let fixture = &fixture;
        let (_, license, code) = fixture.licensed(Terms { strictness, ..seats(1) }).await;
        let (activated, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
        let before = fixture.devices(&license).await;
        fixture.clock.advance(60);
        fixture
            .service
            .devices()
            .revoke_activation(activated.session_id, "the wrong one", &fixture.actor)
            .await
            .unwrap();
        assert_eq!(text(fixture, db).await, ["invalid"]);
        fixture.clock.advance(599);
        fixture.service.devices().undo_release(activated.session_id, &fixture.actor).await.unwrap();
        assert_eq!(fixture.devices(&license).await, before, "{strictness:?}");
        assert_eq!(text(fixture, db).await, [] as [&str; 0]);
        assert_eq!(fixture.seats(&license).await, 1);
        assert_eq!(refusal(fixture.activate(&code, "two").await).code(), "seat_limit");
        let session = fixture.service.activations().session(&token).await.unwrap();
        let (renewed, _) = fixture.service.activations().renew(&session, Default::default()).await.unwrap();
        assert_eq!(renewed.session_id, activated.session_id, "the session goes on");
    }
    let reported = fixture.events_of("device.restored").await;
    assert_eq!(reported.len(), 2);
    assert_eq!((reported[0].actor_name.as_str(), reported[0].subject_kind.as_str()), ("Ingrid", "device"));
});

contract!(a_freed_seat_is_restored_too, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let device = fixture.activate(&code, "one").await.unwrap().session_id;
    let before = fixture.devices(&license).await;
    fixture.service.devices().free_seat(device, "the wrong one", &fixture.actor).await.unwrap();
    fixture.service.devices().undo_release(device, &fixture.actor).await.unwrap();
    assert_eq!(fixture.devices(&license).await, before);
});

contract!(nothing_is_restored_too_late_or_twice_or_if_support_freed_nothing, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(3)).await;
    let undo = async |id| fixture.service.devices().undo_release(id, &fixture.actor).await;
    let late = fixture.activate(&code, "late").await.unwrap().session_id;
    assert_err!(undo(late).await, Error::Conflict(_));
    fixture.service.devices().revoke_activation(late, "sold", &fixture.actor).await.unwrap();
    fixture.clock.advance(600);
    assert_err!(undo(late).await, Error::Conflict(_));

    let twice = fixture.activate(&code, "twice").await.unwrap().session_id;
    fixture.service.devices().revoke_activation(twice, "sold", &fixture.actor).await.unwrap();
    undo(twice).await.unwrap();
    assert_err!(undo(twice).await, Error::Conflict(_));

    // A release by the device itself, in a session that support had freed and restored.
    let (_, token) = fixture.service.activations().activate(asking(&code, "twice")).await.unwrap();
    let session = fixture.service.activations().session(&token).await.unwrap();
    fixture.service.activations().release(&session, origin(2)).await.unwrap();
    assert_err!(undo(twice).await, Error::Conflict(_));
    assert_err!(undo(Uuid::nil()).await, Error::NotFound("device"));
    assert_eq!(fixture.events_of("device.restored").await.len(), 1);
});

contract!(a_seat_given_to_another_device_is_not_restored, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let first = fixture.activate(&code, "one").await.unwrap().session_id;
    fixture.service.devices().revoke_activation(first, "sold", &fixture.actor).await.unwrap();
    fixture.activate(&code, "two").await.unwrap();
    assert_err!(fixture.service.devices().undo_release(first, &fixture.actor).await, Error::Conflict(_));
    assert_eq!((fixture.seats(&license).await, text(&fixture, db).await), (1, vec!["invalid".to_owned()]));
});

contract!(a_device_that_returned_by_itself_has_another_session, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let first = fixture.activate(&code, "one").await.unwrap().session_id;
    fixture.service.devices().revoke_activation(first, "by mistake", &fixture.actor).await.unwrap();
    let second = fixture.activate(&code, "one").await.unwrap().session_id;
    assert_err!(fixture.service.devices().undo_release(first, &fixture.actor).await, Error::NotFound("device"));
    assert_err!(fixture.service.devices().undo_release(second, &fixture.actor).await, Error::Conflict(_));
    // The state stored for the first session does not apply to the second, even after that one ends.
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    fixture
        .service
        .activations()
        .release(&fixture.service.activations().session(&token).await.unwrap(), origin(2))
        .await
        .unwrap();
    assert_err!(fixture.service.devices().undo_release(second, &fixture.actor).await, Error::Conflict(_));
    assert_eq!(fixture.seats(&license).await, 0);
});

contract!(a_checked_out_device_is_restored_as_checked_out, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(Terms { holding: Holding::Floating, ..seats(1) }).await;
    let (activated, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    fixture
        .service
        .activations()
        .check_out(&fixture.service.activations().session(&token).await.unwrap(), origin(2))
        .await
        .unwrap();
    fixture.service.devices().revoke_activation(activated.session_id, "by mistake", &fixture.actor).await.unwrap();
    fixture.activate(&code, "two").await.unwrap();
    fixture.service.devices().undo_release(activated.session_id, &fixture.actor).await.unwrap();
    assert_eq!((fixture.seats(&license).await, text(&fixture, db).await), (1, vec!["suspended".to_owned()]));
});

contract!(a_checked_out_seat_given_away_under_lenient_terms_is_not_restored, async |db| {
    let fixture = TestService::open(db).await;
    let terms = |strictness| Terms { holding: Holding::Floating, strictness, ..seats(1) };
    let (policy, license, code) = fixture.licensed(terms(Strictness::Strict)).await;
    let (first, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    // Under strict terms its hold lasts as long as its token, even though it is checked out.
    fixture
        .service
        .activations()
        .check_out(&fixture.service.activations().session(&token).await.unwrap(), origin(2))
        .await
        .unwrap();
    let lenient = PolicyForm { name: policy.name.clone(), terms: terms(Strictness::Lenient) };
    fixture.service.licenses().change_policy(policy.id, lenient, &fixture.actor).await.unwrap();
    fixture.service.devices().free_seat(first.session_id, "by mistake", &fixture.actor).await.unwrap();
    fixture.activate(&code, "two").await.unwrap();
    assert_err!(fixture.service.devices().undo_release(first.session_id, &fixture.actor).await, Error::Conflict(_));
    assert_eq!(fixture.seats(&license).await, 1, "never more seats than the license has");
});

contract!(a_revoked_license_and_a_seat_elsewhere_prevent_an_undo, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let device = fixture.activate(&code, "one").await.unwrap().session_id;
    fixture.service.devices().revoke_activation(device, "sold", &fixture.actor).await.unwrap();
    fixture.service.licenses().change_state(license.id, StateChange::Revoke, "refunded", &fixture.actor).await.unwrap();
    assert_err!(fixture.service.devices().undo_release(device, &fixture.actor).await, Error::Conflict(_));

    let product = fixture.product("only-one", Algorithm::EdDSA).await;
    let policy = fixture.policy(&product, Terms { identity: Identity::Policy, grace: Span::ZERO, ..seats(5) }).await;
    let [(_, here), (_, there)] = [fixture.license(&policy).await, fixture.license(&policy).await];
    let first = fixture.activate(&here, "one").await.unwrap().session_id;
    fixture.service.devices().revoke_activation(first, "moved", &fixture.actor).await.unwrap();
    fixture.activate(&there, "one").await.unwrap();
    assert_err!(fixture.service.devices().undo_release(first, &fixture.actor).await, Error::Conflict(_));
});

contract!(of_two_undone_devices_with_one_free_seat_one_is_restored, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(2)).await;
    for _ in 0..5 {
        let [one, two] = [fixture.activate(&code, "one").await.unwrap(), fixture.activate(&code, "two").await.unwrap()];
        for device in [&one, &two] {
            fixture.service.devices().revoke_activation(device.session_id, "moved", &fixture.actor).await.unwrap();
        }
        fixture.activate(&code, "three").await.unwrap();
        let (first, second) = tokio::join!(
            fixture.service.devices().undo_release(one.session_id, &fixture.actor),
            fixture.service.devices().undo_release(two.session_id, &fixture.actor),
        );
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert_eq!(fixture.seats(&license).await, 2);
        for device in fixture.devices(&license).await.iter().filter(|device| device.revoked_at.is_none()) {
            fixture.service.devices().revoke_activation(device.id, "anew", &fixture.actor).await.unwrap();
        }
    }
});
