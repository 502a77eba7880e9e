//! Keys made in advance for devices that pin them.

use jsonwebtoken::jwk::JwkSet;
use licensing::product::Algorithm;
use serde_json::Value;
use service::{Error, KeyState};
use testing::contract;

use super::{key_set, kid_of, listed};
use crate::test_service::{TestService, asking, assert_err, seats};

contract!(software_that_pinned_two_keys_in_advance_verifies_tokens_through_two_rotations, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let ahead = fixture.service.keys().make_keys_ahead(Algorithm::EdDSA, None, &fixture.actor).await.unwrap();
    let pinned: JwkSet = serde_json::from_value(Value::clone(&*fixture.service.keys().jwks().await)).unwrap();
    let mut signers = vec![];
    for rotation in 0..3 {
        for instance in [&fixture.service, &other] {
            instance.keys().refresh_keys().await.unwrap();
            let (_, token) = instance.activations().activate(asking(&code, "the device")).await.unwrap();
            let key = pinned.find(&kid_of(&token)).unwrap_or_else(|| panic!("not pinned after {rotation} rotations"));
            let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
            (rules.validate_exp, rules.validate_aud, rules.validate_nbf) = (false, false, false);
            let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
            jsonwebtoken::decode::<Value>(&token, &key, &rules).unwrap();
            signers.push(kid_of(&token));
        }
        fixture.service.keys().rotate_key(Algorithm::EdDSA, None, &fixture.actor).await.unwrap();
        for _ in 0..70 {
            fixture.clock.advance(10);
            fixture.service.keys().refresh_keys().await.unwrap();
            other.keys().refresh_keys().await.unwrap();
        }
    }
    signers.dedup();
    assert_eq!(signers[1..], ahead[..], "they sign in the order in which they were made");
    // After these there are two more, for software that pins again.
    let now_ahead = fixture.service.keys().make_keys_ahead(Algorithm::EdDSA, None, &fixture.actor).await.unwrap();
    assert_eq!((now_ahead.len(), fixture.events_of("signing_key.made_ahead").await.len()), (2, 5));
    other.close().await;
});

contract!(keys_made_in_advance_are_published_and_made_once, async |db| {
    let fixture = TestService::open(db).await;
    let product = fixture.product("drift", Algorithm::ES256).await;
    let first = fixture.service.keys().make_keys_ahead(Algorithm::ES256, None, &fixture.actor).await.unwrap();
    let own = fixture.service.keys().make_keys_ahead(Algorithm::ES256, Some(product.id), &fixture.actor).await.unwrap();

    assert_eq!(fixture.service.keys().make_keys_ahead(Algorithm::ES256, None, &fixture.actor).await.unwrap(), first);
    assert_eq!((first.len(), own.len()), (2, 2));
    let set = key_set(&fixture.service).await;
    for kid in first.iter().chain(&own) {
        assert!(set.contains(kid));
        assert_eq!(listed(&fixture.service, kid).await.state, KeyState::Ahead(fixture.clock.now()));
    }
    let nowhere =
        fixture.service.keys().make_keys_ahead(Algorithm::ES256, Some(uuid::Uuid::nil()), &fixture.actor).await;
    assert_err!(nowhere, Error::NotFound("product"));
    let (kid, _) = fixture.service.keys().rotate_key(Algorithm::ES256, Some(product.id), &fixture.actor).await.unwrap();
    assert_eq!(kid, own[0], "shared and product keys have sequences of their own");
});

contract!(when_the_signing_key_is_stolen_a_pinned_one_takes_over_at_once, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let ahead = fixture.service.keys().make_keys_ahead(Algorithm::EdDSA, None, &fixture.actor).await.unwrap();
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();

    fixture.service.keys().revoke_key(&kid_of(&token), "Stolen.", None, &fixture.actor).await.unwrap();

    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    assert_eq!(kid_of(&token), ahead[0]);
    assert_eq!(listed(&fixture.service, &ahead[0]).await.state, KeyState::Signs(fixture.clock.now()));
});

contract!(a_key_in_advance_that_was_retired_or_revoked_never_signs, async |db| {
    let fixture = TestService::open(db).await;
    fixture.licensed(seats(1)).await;
    let ahead = fixture.service.keys().make_keys_ahead(Algorithm::EdDSA, None, &fixture.actor).await.unwrap();
    fixture.service.keys().revoke_key(&ahead[0], "Its backup was lost.", None, &fixture.actor).await.unwrap();
    assert!(!key_set(&fixture.service).await.contains(&ahead[0]));
    let (kid, _) = fixture.service.keys().rotate_key(Algorithm::EdDSA, None, &fixture.actor).await.unwrap();
    assert_eq!(kid, ahead[1]);
    let waiting = fixture.service.keys().make_keys_ahead(Algorithm::EdDSA, None, &fixture.actor).await.unwrap();
    fixture.service.keys().retire_key(&waiting[0], None, &fixture.actor).await.unwrap();
    assert!(key_set(&fixture.service).await.contains(&waiting[0]), "it is still published for a while");
    fixture.clock.advance(86_400);
    fixture.service.keys().refresh_keys().await.unwrap();
    assert!(!key_set(&fixture.service).await.contains(&waiting[0]));
});
