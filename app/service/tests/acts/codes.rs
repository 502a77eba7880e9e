//! Replacement of activation codes.

use licensing::{ActivationCode, license::StateChange};
use service::Error;
use testing::contract;
use uuid::Uuid;

use crate::test_service::{TestService, assert_err, bad_fields, refusal, seats};

contract!(an_old_code_finds_nothing_and_active_devices_keep_running, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, old) = fixture.licensed(seats(2)).await;
    let (first, token) =
        fixture.service.activations().activate(crate::test_service::asking(&old, "one")).await.unwrap();
    let new = fixture.service.licenses().reissue_code(license.id, "posted in a forum", &fixture.actor).await.unwrap();
    assert_ne!(old.written(), new.written());

    for device in ["one", "two"] {
        assert_eq!(refusal(fixture.activate(&old, device).await).code(), "code_not_found", "{device}");
    }
    let session = fixture.service.activations().session(&token).await.unwrap();
    fixture.clock.advance(86_400);
    let (renewed, _) = fixture.service.activations().renew(&session, Default::default()).await.unwrap();
    assert_eq!(renewed.session_id, first.session_id);
    assert_eq!(fixture.activate(&new, "one").await.unwrap().session_id, first.session_id, "the same seat");
    fixture.activate(&new, "two").await.unwrap();
    assert_eq!(fixture.seats(&license).await, 2);

    let shown = fixture.service.licenses().reveal_code(license.id, &fixture.actor).await.unwrap();
    assert_eq!(shown, new.written());
    let [event] = fixture.events_of("license.code_reissued").await.try_into().unwrap();
    assert_eq!((event.license_id, event.reason.as_deref()), (Some(license.id), Some("posted in a forum")));
    let (before, after) = (event.before.unwrap(), event.after.unwrap());
    assert_eq!((before["code_tail"].as_str(), after["code_tail"].as_str()), (Some(&*old.tail()), Some(&*new.tail())));
    for reported in [before, after] {
        let text = reported.to_string();
        assert!(!text.contains(old.written()) && !text.contains(new.written()), "{text}");
    }
});

contract!(an_unknown_code_and_a_replaced_one_are_refused_alike, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, old) = fixture.licensed(seats(2)).await;
    fixture.service.licenses().reissue_code(license.id, "leaked", &fixture.actor).await.unwrap();
    let never = ActivationCode::from_entropy(licensing::CodeShape::FourBySeven, &[7; 32]);
    let text = [old, never];
    let [replaced, unknown] = &text;
    let (replaced, unknown) =
        (refusal(fixture.activate(replaced, "x").await), refusal(fixture.activate(unknown, "x").await));
    assert_eq!(replaced, unknown);
});

contract!(a_code_is_replaced_with_a_reason_and_not_on_an_ended_license, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(2)).await;
    assert_eq!(bad_fields(fixture.service.licenses().reissue_code(license.id, "", &fixture.actor).await), ["reason"]);
    assert_err!(
        fixture.service.licenses().reissue_code(Uuid::nil(), "x", &fixture.actor).await,
        Error::NotFound("license")
    );
    fixture.activate(&code, "one").await.unwrap();
    fixture.service.licenses().change_state(license.id, StateChange::Revoke, "refunded", &fixture.actor).await.unwrap();
    assert_err!(fixture.service.licenses().reissue_code(license.id, "x", &fixture.actor).await, Error::Conflict(_));
    assert!(fixture.events_of("license.code_reissued").await.is_empty());
});
