//! Keys made in advance for devices that pin them.

use jsonwebtoken::jwk::JwkSet;
use licensing::product::Algorithm;
use serde_json::Value;
use service::{Error, Standing};
use testing::contract;

use super::{key_set, kid_of, listed};
use crate::house::{House, asking, assert_err, seats};

contract!(software_that_pinned_two_keys_in_advance_verifies_tokens_through_two_rotations, async |db| {
    let house = House::open(db).await;
    let other = house.beside(db).await;
    let (_, _, code) = house.licensed(seats(1)).await;
    let ahead = house.service.make_keys_ahead(Algorithm::EdDSA, None, &house.actor).await.unwrap();
    let pinned: JwkSet = serde_json::from_value(Value::clone(&*house.service.jwks().await)).unwrap();
    let mut signers = vec![];
    for rotation in 0..3 {
        for instance in [&house.service, &other] {
            instance.refresh_keys().await.unwrap();
            let (_, token) = instance.activate(asking(&code, "the device")).await.unwrap();
            let key = pinned.find(&kid_of(&token)).unwrap_or_else(|| panic!("not pinned after {rotation} rotations"));
            let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
            (rules.validate_exp, rules.validate_aud, rules.validate_nbf) = (false, false, false);
            let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
            jsonwebtoken::decode::<Value>(&token, &key, &rules).unwrap();
            signers.push(kid_of(&token));
        }
        house.service.rotate_key(Algorithm::EdDSA, None, &house.actor).await.unwrap();
        for _ in 0..70 {
            house.clock.advance(10);
            house.service.refresh_keys().await.unwrap();
            other.refresh_keys().await.unwrap();
        }
    }
    signers.dedup();
    assert_eq!(signers[1..], ahead[..], "they sign in the order in which they were made");
    // After these there are two more, for software that pins again.
    let now_ahead = house.service.make_keys_ahead(Algorithm::EdDSA, None, &house.actor).await.unwrap();
    assert_eq!((now_ahead.len(), house.events_of("signing_key.made_ahead").await.len()), (2, 5));
    other.close().await;
});

contract!(keys_made_in_advance_are_published_and_made_once, async |db| {
    let house = House::open(db).await;
    let product = house.product("drift", Algorithm::ES256).await;
    let first = house.service.make_keys_ahead(Algorithm::ES256, None, &house.actor).await.unwrap();
    let own = house.service.make_keys_ahead(Algorithm::ES256, Some(product.id), &house.actor).await.unwrap();

    assert_eq!(house.service.make_keys_ahead(Algorithm::ES256, None, &house.actor).await.unwrap(), first);
    assert_eq!((first.len(), own.len()), (2, 2));
    let set = key_set(&house.service).await;
    for kid in first.iter().chain(&own) {
        assert!(set.contains(kid));
        assert_eq!(listed(&house.service, kid).await.standing, Standing::Ahead(house.clock.now()));
    }
    let nowhere = house.service.make_keys_ahead(Algorithm::ES256, Some(uuid::Uuid::nil()), &house.actor).await;
    assert_err!(nowhere, Error::NotFound("product"));
    let (kid, _) = house.service.rotate_key(Algorithm::ES256, Some(product.id), &house.actor).await.unwrap();
    assert_eq!(kid, own[0], "shared and product keys have sequences of their own");
});

contract!(when_the_signing_key_is_stolen_a_pinned_one_takes_over_at_once, async |db| {
    let house = House::open(db).await;
    let (_, _, code) = house.licensed(seats(1)).await;
    let ahead = house.service.make_keys_ahead(Algorithm::EdDSA, None, &house.actor).await.unwrap();
    let (_, token) = house.service.activate(asking(&code, "one")).await.unwrap();

    house.service.revoke_key(&kid_of(&token), "Stolen.", &house.actor).await.unwrap();

    let (_, token) = house.service.activate(asking(&code, "one")).await.unwrap();
    assert_eq!(kid_of(&token), ahead[0]);
    assert_eq!(listed(&house.service, &ahead[0]).await.standing, Standing::Signs(house.clock.now()));
});

contract!(a_key_in_advance_that_was_retired_or_revoked_never_signs, async |db| {
    let house = House::open(db).await;
    house.licensed(seats(1)).await;
    let ahead = house.service.make_keys_ahead(Algorithm::EdDSA, None, &house.actor).await.unwrap();
    house.service.revoke_key(&ahead[0], "Its backup was lost.", &house.actor).await.unwrap();
    assert!(!key_set(&house.service).await.contains(&ahead[0]));
    let (kid, _) = house.service.rotate_key(Algorithm::EdDSA, None, &house.actor).await.unwrap();
    assert_eq!(kid, ahead[1]);
    let waiting = house.service.make_keys_ahead(Algorithm::EdDSA, None, &house.actor).await.unwrap();
    house.service.retire_key(&waiting[0], &house.actor).await.unwrap();
    assert!(key_set(&house.service).await.contains(&waiting[0]), "it is still published for a while");
    house.clock.advance(86_400);
    house.service.refresh_keys().await.unwrap();
    assert!(!key_set(&house.service).await.contains(&waiting[0]));
});
