//! Sign-in with a password.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use futures_util::future::join_all;
use licensing::Role;
use service::{Error, Origin, store::accounts::Account};
use testing::{Database, contract};
use uuid::Uuid;

use crate::test_service::{TestService, assert_err, origin, signed_in};

const RIGHT: &str = "a kettle of blue fish";

/// An account whose password hash has old, cheap parameters.
async fn person(db: &Database, fixture: &TestService, email: &str, disabled: bool) -> Account {
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    let account = Account {
        id: fixture.clock.id(),
        name: "Ada".to_owned(),
        email: email.to_owned(),
        role: Role::Owner,
        password_hash: Some(cheap.hash_password(RIGHT.as_bytes()).unwrap().to_string()),
        failures: 0,
        failed_at: None,
        disabled_at: disabled.then(|| fixture.clock.now()),
        created_at: fixture.clock.now(),
        revision: 1,
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
    let fixture = TestService::open(db).await;
    let ada = person(db, &fixture, "ada@example.com", false).await;
    let signed_in = fixture.service.identity().sign_in(" Ada@Example.com ", RIGHT, None, origin(1)).await.unwrap();
    assert_eq!((signed_in.id, signed_in.role), (ada.id, Role::Owner));
    let [event] = fixture.events_of("account.signed_in").await.try_into().unwrap();
    assert_eq!((event.actor_id, event.address.as_deref()), (Some(ada.id), Some("192.0.2.1")));
});

contract!(an_account_is_found_by_its_address_in_any_spelling, async |db| {
    let fixture = TestService::open(db).await;
    let ada = person(db, &fixture, "jörg@äxample.com", false).await;
    for form in ["jörg@äxample.com", "jo\u{308}rg@ÄXAMPLE.com", "jörg@xn--xample-9ta.com", "\u{feff}jörg@äxample.com "]
    {
        let signed_in = fixture.service.identity().sign_in(form, RIGHT, None, origin(1)).await;
        assert_eq!(signed_in.map(|it| it.id).ok(), Some(ada.id), "{form:?}");
    }
    let no_address = person(db, &fixture, "none:019a", false).await;
    assert_eq!(
        fixture.service.identity().sign_in(" None:019A", RIGHT, None, origin(1)).await.unwrap().id,
        no_address.id
    );
});

contract!(addresses_stored_in_an_older_form_are_converted_at_the_next_start, async |db| {
    let fixture = TestService::open(db).await;
    let dated = person(db, &fixture, "ada@xn--xample-9ta.com", false).await;
    let twins =
        [person(db, &fixture, "eve@äxample.com", false).await, person(db, &fixture, "eve@ÄXAMPLE.com", false).await];
    let next = fixture.second_instance(db).await;
    assert_eq!(stored(db, &dated).await.email, "ada@äxample.com");
    assert_eq!(next.identity().sign_in("ada@äxample.com", RIGHT, None, origin(1)).await.unwrap().id, dated.id);
    assert_eq!(stored(db, &twins[0]).await.email, "eve@äxample.com");
    assert_eq!(stored(db, &twins[1]).await.email, "eve@ÄXAMPLE.com", "the address belongs to another account");
    next.close().await;
});

contract!(wrong_unknown_and_disabled_get_the_same_answer, async |db| {
    let fixture = TestService::open(db).await;
    let ada = person(db, &fixture, "ada@example.com", false).await;
    person(db, &fixture, "gone@example.com", true).await;
    let mut answers = vec![];
    for (email, password) in [
        ("ada@example.com", "not the right password"),
        ("nobody@example.com", RIGHT),
        ("gone@example.com", RIGHT),
        ("ada@example.com", &"x".repeat(2000)),
        ("nobody@example.com", &"x".repeat(2000)),
        ("ada@example.com", ""),
    ] {
        let refused = fixture.service.identity().sign_in(email, password, None, origin(1)).await.unwrap_err();
        assert!(matches!(refused, Error::Forbidden(_)), "{refused:?}");
        answers.push(refused.to_string());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(stored(db, &ada).await.failures, 2, "an overlong password is not counted as a failure");
    let events = fixture.events_of("account.sign_in_failed").await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|e| (e.actor_id, e.subject_id) == (None, Some(ada.id))));
    assert!(!format!("{events:?}").contains("password"));
});

contract!(an_outdated_hash_is_renewed_at_sign_in_only, async |db| {
    let fixture = TestService::open(db).await;
    let service = fixture.second_instance(db).await;
    let ada = person(db, &fixture, "ada@example.com", false).await;
    assert_err!(
        service.identity().sign_in(&ada.email, "not the right password", None, origin(1)).await,
        Error::Forbidden(_)
    );
    assert_eq!(stored(db, &ada).await.password_hash, ada.password_hash);

    service.identity().sign_in(&ada.email, RIGHT, None, origin(1)).await.unwrap();
    let fresh = stored(db, &ada).await;
    assert!(fresh.password_hash.as_ref().unwrap().starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
    assert_eq!((fresh.failures, fresh.failed_at), (0, None));

    service.identity().sign_in(&ada.email, RIGHT, None, origin(1)).await.unwrap();
    assert_eq!(stored(db, &ada).await.password_hash, fresh.password_hash);
});

contract!(failures_lock_out_only_their_own_address_for_a_while, async |db| {
    let fixture = TestService::open(db).await;
    let ada = person(db, &fixture, "ada@example.com", false).await;
    let guess =
        async |n| fixture.service.identity().sign_in(&ada.email, "not the right password", None, origin(n)).await;
    for _ in 0..5 {
        assert_err!(guess(1).await, Error::Forbidden(_));
    }
    assert_err!(guess(1).await, Error::Throttled(1));
    assert_err!(fixture.service.identity().sign_in(&ada.email, RIGHT, None, origin(1)).await, Error::Throttled(1));
    assert_eq!(stored(db, &ada).await.failures, 5, "a locked-out address cannot guess");

    fixture.service.identity().sign_in(&ada.email, RIGHT, None, origin(2)).await.unwrap();
    fixture.clock.advance(1);
    assert_err!(guess(1).await, Error::Forbidden(_));
    assert_err!(guess(1).await, Error::Throttled(2));
});

contract!(concurrent_guesses_are_limited_like_consecutive_ones, async |db| {
    let fixture = TestService::open(db).await;
    let ada = person(db, &fixture, "ada@example.com", false).await;
    let guesses =
        (0..40).map(|_| fixture.service.identity().sign_in(&ada.email, "not the right password", None, origin(1)));
    let answers = join_all(guesses).await;
    let tried = answers.iter().filter(|answer| matches!(answer, Err(Error::Forbidden(_)))).count();
    let shut_out = answers.iter().filter(|answer| matches!(answer, Err(Error::Throttled(_)))).count();
    assert!((1..=5).contains(&tried) && tried + shut_out == 40, "{tried} and {shut_out}");
    assert_eq!(stored(db, &ada).await.failures, i64::try_from(tried).unwrap());
});

contract!(a_household_with_many_addresses_has_no_more_guesses_than_one_address, async |db| {
    let fixture = TestService::open(db).await;
    let ada = person(db, &fixture, "ada@example.com", false).await;
    let guess = async |address: &str| {
        let origin = Origin { address: Some(address.to_owned()), request_id: None };
        fixture.service.identity().sign_in(&ada.email, "not the right password", None, origin).await
    };
    for n in 1..=5 {
        assert_err!(guess(&format!("2001:db8:0:1::{n}")).await, Error::Forbidden(_));
    }
    assert_err!(guess("2001:db8:0:1:ffff::6").await, Error::Throttled(1));
    assert_err!(guess("2001:db8:0:2::1").await, Error::Forbidden(_));
});

contract!(failures_count_on_every_instance_even_for_unknown_accounts, async |db| {
    let fixture = TestService::open(db).await;
    person(db, &fixture, "ada@example.com", false).await;
    for email in ["ada@example.com", "nobody@example.com"] {
        for _ in 0..5 {
            assert_err!(
                fixture.service.identity().sign_in(email, "not the right one", None, origin(1)).await,
                Error::Forbidden(_)
            );
        }
        let second_instance = fixture.second_instance(db).await;
        assert_err!(
            second_instance.identity().sign_in(email, "not the right one", None, origin(1)).await,
            Error::Throttled(1)
        );
    }
    fixture.service.identity().sign_in("ada@example.com", RIGHT, None, origin(2)).await.unwrap();
    fixture.clock.advance(1801);
    fixture.service.identity().sweep_logins().await.unwrap();
    let second_instance = fixture.second_instance(db).await;
    for _ in 0..5 {
        assert_err!(
            second_instance.identity().sign_in("ada@example.com", "not the right one", None, origin(1)).await,
            Error::Forbidden(_)
        );
    }
});

contract!(two_hundred_concurrent_sign_ins_from_one_address_lock_no_owner_out, async |db| {
    let fixture = TestService::open(db).await;
    let ada = person(db, &fixture, "ada@example.com", false).await;
    let device = fixture.service.identity().know_device(ada.id).unwrap();
    let emails: Vec<String> = (0..200).map(|n| format!("{n}@example.com")).collect();
    let flood = join_all(
        emails.iter().map(|email| fixture.service.identity().sign_in(email, "a guess that is long", None, origin(1))),
    );
    let from_elsewhere = fixture.service.identity().sign_in(&ada.email, RIGHT, None, origin(2));
    let from_a_known_browser = fixture.service.identity().sign_in(&ada.email, RIGHT, Some(&device), origin(1));
    let (flood, elsewhere, known) = tokio::join!(flood, from_elsewhere, from_a_known_browser);
    assert_eq!((elsewhere.unwrap().id, known.unwrap().id), (ada.id, ada.id));
    let hashed = flood.iter().filter(|answer| matches!(answer, Err(Error::Forbidden(_)))).count();
    assert!(hashed <= 30, "{hashed} of 200 were hashed");
});

contract!(a_known_browser_is_exempt_from_the_failure_budget_of_its_network, async |db| {
    let fixture = TestService::open(db).await;
    let ada = person(db, &fixture, "ada@example.com", false).await;
    let device = fixture.service.identity().know_device(ada.id).unwrap();
    let mut failures = 0;
    for n in 0..7 {
        let email = format!("{n}@example.com");
        person(db, &fixture, &email, false).await;
        for _ in 0..5 {
            match fixture.service.identity().sign_in(&email, "not the right one", None, origin(1)).await {
                Err(Error::Forbidden(_)) => failures += 1,
                refused => {
                    assert_err!(refused, Error::Throttled(20));
                }
            }
        }
    }
    assert_eq!(failures, 30);
    assert_err!(fixture.service.identity().sign_in(&ada.email, RIGHT, None, origin(1)).await, Error::Throttled(20));
    fixture.service.identity().sign_in(&ada.email, RIGHT, None, origin(2)).await.unwrap();
    fixture.service.identity().sign_in(&ada.email, RIGHT, Some(&device), origin(1)).await.unwrap();
    // The browser is known only for this account and for half a year, and its own failures count.
    let other = fixture.service.identity().sign_in("0@example.com", RIGHT, Some(&device), origin(1)).await;
    assert_err!(other, Error::Throttled(20));
    for _ in 0..5 {
        let wrong = fixture.service.identity().sign_in(&ada.email, "not the right one", Some(&device), origin(3)).await;
        assert_err!(wrong, Error::Forbidden(_));
    }
    assert_err!(
        fixture.service.identity().sign_in(&ada.email, RIGHT, Some(&device), origin(4)).await,
        Error::Throttled(1)
    );
    fixture.clock.advance(181 * 24 * 3600);
    for _ in 0..5 {
        let stranger =
            fixture.service.identity().sign_in(&ada.email, "not the right one", Some(&device), origin(5)).await;
        assert_err!(stranger, Error::Forbidden(_));
    }
    assert_err!(
        fixture.service.identity().sign_in(&ada.email, RIGHT, Some(&device), origin(5)).await,
        Error::Throttled(1)
    );
});

contract!(refused_acts_are_logged_up_to_a_limit_for_each_account, async |db| {
    let fixture = TestService::open(db).await;
    let ada = signed_in(Uuid::from_u128(1), "Ada", Role::Viewer).oneself(origin(1));
    let bea = signed_in(Uuid::from_u128(2), "Bea", Role::Viewer).oneself(origin(1));
    for _ in 0..50 {
        fixture.service.accounts().note_refused_act("products/create", &ada).await.unwrap();
    }
    fixture.service.accounts().note_refused_act("products/create", &bea).await.unwrap();
    assert_eq!(fixture.events_of("act.refused").await.len(), 31);
    fixture.clock.advance(60);
    fixture.service.accounts().note_refused_act("products/create", &ada).await.unwrap();
    assert_eq!(fixture.events_of("act.refused").await.len(), 32);
});
