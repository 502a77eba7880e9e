//! Signing in.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use futures_util::future::join_all;
use licensing::Role;
use service::{Error, store::accounts::Account};
use testing::{Database, contract};

use crate::house::{House, assert_err, origin};

const RIGHT: &str = "a kettle of blue fish";

/// A person whose password was hashed long ago, when hashing was cheap.
async fn person(db: &Database, house: &House, email: &str, disabled: bool) -> Account {
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    let account = Account {
        id: house.clock.id(),
        name: "Ada".to_owned(),
        email: email.to_owned(),
        role: Role::Owner,
        password_hash: Some(cheap.hash_password(RIGHT.as_bytes()).unwrap().to_string()),
        failures: 0,
        failed_at: None,
        disabled_at: disabled.then(|| house.clock.now()),
        created_at: house.clock.now(),
    };
    let mut tx = db.begin().await.unwrap();
    tx.insert_account(&account).await.unwrap();
    tx.commit().await.unwrap();
    account
}

async fn stored(db: &Database, account: &Account) -> Account {
    db.read().await.unwrap().on().account(account.id).await.unwrap().unwrap()
}

contract!(the_right_password_signs_in_and_leaves_an_event, async |db| {
    let house = House::open(db).await;
    let ada = person(db, &house, "ada@example.com", false).await;
    let signed_in = house.service.sign_in(" Ada@Example.com ", RIGHT, origin(1)).await.unwrap();
    assert_eq!((signed_in.id, signed_in.role), (ada.id, Role::Owner));
    let [event] = house.events_of("account.signed_in").await.try_into().unwrap();
    assert_eq!((event.actor_id, event.address.as_deref()), (Some(ada.id), Some("192.0.2.1")));
});

contract!(an_account_is_found_by_its_address_in_whichever_form, async |db| {
    let house = House::open(db).await;
    let ada = person(db, &house, "jörg@äxample.com", false).await;
    for form in ["jörg@äxample.com", "jo\u{308}rg@ÄXAMPLE.com", "jörg@xn--xample-9ta.com", "\u{feff}jörg@äxample.com "]
    {
        let signed_in = house.service.sign_in(form, RIGHT, origin(1)).await;
        assert_eq!(signed_in.map(|it| it.id).ok(), Some(ada.id), "{form:?}");
    }
    let no_address = person(db, &house, "none:019a", false).await;
    assert_eq!(house.service.sign_in(" None:019A", RIGHT, origin(1)).await.unwrap().id, no_address.id);
});

contract!(addresses_that_an_earlier_version_stored_in_another_form_are_mended_at_the_next_start, async |db| {
    let house = House::open(db).await;
    let dated = person(db, &house, "ada@xn--xample-9ta.com", false).await;
    let twins =
        [person(db, &house, "eve@äxample.com", false).await, person(db, &house, "eve@ÄXAMPLE.com", false).await];
    let next = house.beside(db).await;
    assert_eq!(stored(db, &dated).await.email, "ada@äxample.com");
    assert_eq!(next.sign_in("ada@äxample.com", RIGHT, origin(1)).await.unwrap().id, dated.id);
    assert_eq!(stored(db, &twins[0]).await.email, "eve@äxample.com");
    assert_eq!(stored(db, &twins[1]).await.email, "eve@ÄXAMPLE.com", "the address is another account's");
    next.close().await;
});

contract!(wrong_unknown_and_disabled_get_one_answer, async |db| {
    let house = House::open(db).await;
    let ada = person(db, &house, "ada@example.com", false).await;
    person(db, &house, "gone@example.com", true).await;
    let mut answers = vec![];
    for (email, password) in [
        ("ada@example.com", "not the right password"),
        ("nobody@example.com", RIGHT),
        ("gone@example.com", RIGHT),
        ("ada@example.com", &"x".repeat(2000)),
        ("ada@example.com", ""),
    ] {
        let refused = house.service.sign_in(email, password, origin(1)).await.unwrap_err();
        assert!(matches!(refused, Error::Forbidden(_)), "{refused:?}");
        answers.push(refused.to_string());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(stored(db, &ada).await.failures, 3);
    let events = house.events_of("account.sign_in_failed").await;
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|e| (e.actor_id, e.subject_id) == (None, Some(ada.id))));
    assert!(!format!("{events:?}").contains("password"));
});

contract!(a_dated_hash_is_made_anew_at_sign_in_and_only_then, async |db| {
    let house = House::open(db).await;
    let ada = person(db, &house, "ada@example.com", false).await;
    assert_err!(house.service.sign_in(&ada.email, "not the right password", origin(1)).await, Error::Forbidden(_));
    assert_eq!(stored(db, &ada).await.password_hash, ada.password_hash);

    house.service.sign_in(&ada.email, RIGHT, origin(1)).await.unwrap();
    let fresh = stored(db, &ada).await;
    assert!(fresh.password_hash.as_ref().unwrap().starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
    assert_eq!((fresh.failures, fresh.failed_at), (0, None));

    house.service.sign_in(&ada.email, RIGHT, origin(1)).await.unwrap();
    assert_eq!(stored(db, &ada).await.password_hash, fresh.password_hash);
});

contract!(failures_from_one_address_shut_that_address_out_for_a_while_and_no_other, async |db| {
    let house = House::open(db).await;
    let ada = person(db, &house, "ada@example.com", false).await;
    let guess = async |n| house.service.sign_in(&ada.email, "not the right password", origin(n)).await;
    for _ in 0..5 {
        assert_err!(guess(1).await, Error::Forbidden(_));
    }
    assert_err!(guess(1).await, Error::Throttled(1));
    assert_err!(house.service.sign_in(&ada.email, RIGHT, origin(1)).await, Error::Throttled(1));
    assert_eq!(stored(db, &ada).await.failures, 5, "whoever is shut out guesses nothing");

    house.service.sign_in(&ada.email, RIGHT, origin(2)).await.unwrap();
    house.clock.advance(1);
    assert_err!(guess(1).await, Error::Forbidden(_));
    assert_err!(guess(1).await, Error::Throttled(2));
});

contract!(guesses_made_all_at_once_are_not_more_than_guesses_made_in_a_row, async |db| {
    let house = House::open(db).await;
    let ada = person(db, &house, "ada@example.com", false).await;
    let guesses = (0..40).map(|_| house.service.sign_in(&ada.email, "not the right password", origin(1)));
    let answers = join_all(guesses).await;
    let tried = answers.iter().filter(|answer| matches!(answer, Err(Error::Forbidden(_)))).count();
    let shut_out = answers.iter().filter(|answer| matches!(answer, Err(Error::Throttled(_)))).count();
    assert_eq!((tried, shut_out), (5, 35));
    assert_eq!(stored(db, &ada).await.failures, 5);
});
