//! Status lists, as a verifier reads them.

use std::{collections::HashSet, io::Read as _};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use flate2::read::ZlibDecoder;
use futures_util::future::join_all;
use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
use licensing::license::StateChange;
use serde_json::{Value, json};
use service::{
    Error, Service,
    store::status::{StatusEntry, StatusIndex, TokenStatus},
};
use testing::{Database, contract};
use uuid::Uuid;

use crate::test_service::{ISSUER, TestService, assert_err, seats};

/// Verifies a list as a third party does. Returns its claims and its statuses.
async fn read(service: &Service, id: Uuid) -> (Value, Vec<u8>) {
    let list = service.keys().status_list(id).await.unwrap();
    let keys: JwkSet = serde_json::from_value(Value::clone(&*service.keys().jwks().await)).unwrap();
    let header = jsonwebtoken::decode_header(&*list.token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("statuslist+jwt"));
    let mut rules = Validation::new(jsonwebtoken::Algorithm::ES256);
    // The clock of the tests is stopped.
    rules.validate_exp = false;
    let key = DecodingKey::from_jwk(keys.find(&header.kid.unwrap()).unwrap()).unwrap();
    let claims = jsonwebtoken::decode::<Value>(&*list.token, &key, &rules).unwrap().claims;
    let zlib = URL_SAFE_NO_PAD.decode(claims["status_list"]["lst"].as_str().unwrap()).unwrap();
    let mut bytes = vec![];
    ZlibDecoder::new(&zlib[..]).read_to_end(&mut bytes).unwrap();
    (claims, bytes)
}

/// The status at this index of the list.
async fn status(service: &Service, place: StatusIndex) -> u8 {
    let (_, bytes) = read(service, place.list).await;
    let index = usize::try_from(place.index).unwrap();
    bytes[index / 4] >> (index % 4 * 2) & 3
}

/// Gives the only device an index of its own.
async fn placed(fixture: &TestService, db: &Database) -> StatusIndex {
    let place = fixture.service.keys().status_places(1).await.unwrap().next().unwrap();
    db.execute(&format!(
        "UPDATE activations SET status_list = (SELECT id FROM status_lists WHERE closed_at IS NULL), status_index = {}",
        place.index
    ))
    .await;
    place
}

contract!(a_list_meets_the_requirements_of_the_draft, async |db| {
    let fixture = TestService::open(db).await;
    let id = fixture.service.keys().open_status_list(&fixture.actor).await.unwrap();
    let (mut claims, bytes) = read(&fixture.service, id).await;
    assert_eq!(bytes, vec![0; 1 << 18], "a million indexes of two bits, all valid");
    claims["status_list"]["lst"].take();
    let now = fixture.clock.now().timestamp();
    let expected = json!({
        "iss": ISSUER,
        "sub": format!("{ISSUER}/status-lists/{id}"),
        "iat": now - 300,
        "exp": now + 86_400,
        "ttl": 300,
        "status_list": { "bits": 2, "lst": null },
    });
    assert_eq!(claims, expected);
    assert_err!(fixture.service.keys().status_list(Uuid::nil()).await, Error::NotFound(_));
});

contract!(a_revoked_device_is_invalid_in_the_list_of_every_instance, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let activated = fixture.activate(&code, "one").await.unwrap();
    let place = placed(&fixture, db).await;
    for service in [&fixture.service, &other] {
        assert_eq!(status(service, place).await, 0);
    }
    fixture.service.devices().revoke_activation(activated.session_id, "Stolen.", &fixture.actor).await.unwrap();
    fixture.clock.advance(2);
    for service in [&fixture.service, &other] {
        assert_eq!(status(service, place).await, 1);
    }
    // A returning device has a new session in its row; the old entry stays until the old token ends.
    let again = fixture.activate(&code, "one").await.unwrap();
    assert_ne!(again.session_id, activated.session_id);
    db.execute("UPDATE activations SET status_list = NULL, status_index = NULL").await;
    fixture.clock.advance((activated.token_expires_at - fixture.clock.now()).num_seconds() - 1);
    assert_eq!(status(&fixture.service, place).await, 1);
    fixture.clock.advance(600);
    assert_eq!(status(&fixture.service, place).await, 0, "a token that has ended needs no entry");
    assert_eq!(fixture.devices(&license).await.len(), 1);
    other.close().await;
});

contract!(a_suspended_license_suspends_its_devices_and_a_revoked_one_invalidates_them, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    fixture.activate(&code, "one").await.unwrap();
    let place = placed(&fixture, db).await;
    for (step, expected) in
        [(StateChange::Suspend, 2), (StateChange::Reinstate, 0), (StateChange::Suspend, 2), (StateChange::Revoke, 1)]
    {
        fixture.service.licenses().change_state(license.id, step, "Unpaid.", &fixture.actor).await.unwrap();
        fixture.clock.advance(2);
        assert_eq!(status(&fixture.service, place).await, expected, "{step:?}");
    }
});

contract!(a_seat_that_is_taken_again_is_no_longer_suspended, async |db| {
    let fixture = TestService::open(db).await;
    let place = fixture.service.keys().status_places(1).await.unwrap().next().unwrap();
    let until = fixture.clock.now() + TimeDelta::days(1);
    let entry = StatusEntry { place, status: TokenStatus::Suspended, until, activation_id: Uuid::nil() };
    let mut tx = fixture.service.store().begin().await.unwrap();
    tx.mark_status(&[entry]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(status(&fixture.service, place).await, 2);
    let mut tx = fixture.service.store().begin().await.unwrap();
    tx.clear_status(&[place]).await.unwrap();
    tx.commit().await.unwrap();
    fixture.clock.advance(1);
    assert_eq!(status(&fixture.service, place).await, 2, "a list is cached for two seconds");
    fixture.clock.advance(1);
    assert_eq!(status(&fixture.service, place).await, 0);
});

contract!(no_index_is_used_twice_across_two_instances_and_restarts, async |db| {
    let fixture = TestService::open(db).await;
    let mut instances = vec![];
    for _ in 0..3 {
        instances.push(fixture.second_instance(db).await);
    }
    let mut given = HashSet::new();
    for _ in 0..4 {
        let taken = instances
            .iter()
            .map(|service| async { service.keys().status_places(700).await.unwrap().collect::<Vec<_>>() });
        for place in join_all(taken).await.into_iter().flatten() {
            assert!(given.insert(place), "{place:?} was used twice");
            assert!((0..1 << 20).contains(&place.index));
        }
        let restarted = fixture.second_instance(db).await;
        std::mem::replace(&mut instances[0], restarted).close().await;
    }
    assert_eq!(given.len(), 3 * 4 * 700);
    assert_eq!(db.number("SELECT COUNT(*) FROM status_lists").await, 1);
    for instance in instances {
        instance.close().await;
    }
});

contract!(unused_indexes_are_returned, async |db| {
    let fixture = TestService::open(db).await;
    for _ in 0..10 {
        drop(fixture.service.keys().status_places(512).await.unwrap());
    }
    let first = fixture.service.keys().status_places(512).await.unwrap().next().unwrap();
    assert_eq!(db.number("SELECT CAST(SUM(used) AS BIGINT) FROM status_lists").await, 1024);
    assert!(fixture.service.keys().status_places(1023).await.unwrap().all(|place| place != first));
});

contract!(a_full_list_is_closed_and_the_next_one_opened, async |db| {
    let fixture = TestService::open(db).await;
    let old = fixture.service.keys().open_status_list(&fixture.actor).await.unwrap();
    db.execute("UPDATE status_lists SET used = size - 1024").await;
    let last: Vec<_> = fixture.service.keys().status_places(1024).await.unwrap().collect();
    assert!(last.iter().all(|place| place.list == old));
    let next = fixture.service.keys().status_places(1).await.unwrap().next().unwrap();
    assert_ne!(next.list, old);
    assert_eq!(db.number("SELECT COUNT(*) FROM status_lists WHERE closed_at IS NULL").await, 1);
    assert!(fixture.service.keys().status_list(old).await.is_ok(), "the full list stays published");
    assert_eq!(fixture.events_of("status_list.opened").await.len(), 2);
});

contract!(after_a_restore_indexes_come_from_a_new_list, async |db| {
    let fixture = TestService::open(db).await;
    let before = fixture.service.keys().status_places(1).await.unwrap().next().unwrap();
    let id = fixture.service.keys().open_status_list(&fixture.actor).await.unwrap();
    let after = fixture.service.keys().status_places(1).await.unwrap().next().unwrap();
    assert_eq!(after.list, id);
    assert_ne!(before.list, id);
});

contract!(indexes_reserved_before_a_list_was_closed_are_not_returned, async |db| {
    let fixture = TestService::open(db).await;
    let taken = fixture.service.keys().status_places(8).await.unwrap();
    let id = fixture.service.keys().open_status_list(&fixture.actor).await.unwrap();
    drop(taken);
    // As many as before: for more, a whole block would be reserved and used first.
    for places in [8, 1024] {
        let after: Vec<_> = fixture.service.keys().status_places(places).await.unwrap().collect();
        assert!(after.iter().all(|place| place.list == id), "every index is in the open list");
    }
});

contract!(during_an_outage_the_last_list_is_served_but_never_past_its_end, async |db| {
    let fixture = TestService::open(db).await;
    let id = fixture.service.keys().open_status_list(&fixture.actor).await.unwrap();
    let unseen = fixture.service.keys().open_status_list(&fixture.actor).await.unwrap();
    let built = fixture.service.keys().status_list(id).await.unwrap();
    assert_eq!((built.expires_at - fixture.clock.now()).num_seconds(), 86_400);

    fixture.service.store().close().await;
    fixture.clock.advance(86_399);
    let last = fixture.service.keys().status_list(id).await.unwrap();
    assert_eq!(last.token, built.token);
    fixture.clock.advance(1);
    assert_err!(fixture.service.keys().status_list(id).await, Error::Unavailable);
    assert_err!(fixture.service.keys().status_list(unseen).await, Error::Unavailable);
});

contract!(a_million_indexes_with_many_revoked_make_one_list, async |db| {
    let fixture = TestService::open(db).await;
    let id = fixture.service.keys().open_status_list(&fixture.actor).await.unwrap();
    let until = fixture.clock.now() + TimeDelta::days(1);
    let entries: Vec<_> = (0..1 << 20)
        .step_by(97)
        .map(|index| StatusEntry {
            place: StatusIndex { list: id, index },
            status: TokenStatus::Invalid,
            until,
            activation_id: Uuid::nil(),
        })
        .collect();
    let mut tx = fixture.service.store().begin().await.unwrap();
    tx.mark_status(&entries).await.unwrap();
    tx.commit().await.unwrap();
    let began = std::time::Instant::now();
    let (_, bytes) = read(&fixture.service, id).await;
    println!("a list of {} entries, {} of them invalid: {:?}", 1 << 20, entries.len(), began.elapsed());
    let invalid: u32 = bytes.iter().map(|byte| (byte & 0b0101_0101).count_ones()).sum();
    assert_eq!(usize::try_from(invalid).unwrap(), entries.len());
});
