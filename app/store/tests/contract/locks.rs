//! Who waits for whom. The instances of these tests are stores of their own on one database.

use std::{pin::pin, time::Duration};

use store::{Engine, Error, Store, Tx};
use testing::{Database, contract};
use tokio::time::timeout;
use uuid::Uuid;

use crate::given::{a_license, account, activation, at, by_code, hash, id, license, read, written};

/// Long enough for whoever need not wait; nothing fails when it is too short.
const A_WHILE: Duration = Duration::from_millis(150);

/// A second instance on the same database.
async fn another(db: &Database) -> Store {
    Store::open(db.url()).await.unwrap()
}

/// What a transaction sees of a license's seats, once it has the lock.
async fn seats(store: Store, n: u128, license: Uuid) -> i64 {
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.lock_desk_licenses(by_code(&[hash(n)])).await.unwrap().len(), 1);
    let held = tx.on().held_seats(&[license], at(0)).await.unwrap();
    held.first().map_or(0, |seats| seats.used)
}

async fn a_locked_license_waits(db: &Database, lock: impl AsyncFnOnce(&mut Tx, Uuid)) {
    let license = a_license(db, 3).await;
    let other = another(db).await;
    let mut tx = db.begin().await.unwrap();
    lock(&mut tx, license.id).await;
    let second = tokio::spawn(seats(other, 3, license.id));
    tokio::time::sleep(A_WHILE).await;
    assert!(!second.is_finished(), "the license is locked");
    tx.upsert_activations(&[&activation(10, license.id)]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(second.await.unwrap(), 1, "who waited sees what was written meanwhile");
}

contract!(the_desk_waits_for_the_desk_of_another_instance, async |db| {
    a_locked_license_waits(db, async |tx, _| drop(tx.lock_desk_licenses(by_code(&[hash(3)])).await.unwrap())).await;
});

contract!(the_desk_waits_for_a_person_who_changes_the_license, async |db| {
    a_locked_license_waits(db, async |tx, id| tx.lock_license(id).await.unwrap()).await;
});

contract!(a_lock_ends_with_a_transaction_that_is_given_up, async |db| {
    let license = a_license(db, 3).await;
    let other = another(db).await;
    let mut tx = db.begin().await.unwrap();
    tx.lock_desk_licenses(by_code(&[hash(3)])).await.unwrap();
    let second = tokio::spawn(seats(other, 3, license.id));
    tx.upsert_activations(&[&activation(10, license.id)]).await.unwrap();
    drop(tx);
    assert_eq!(second.await.unwrap(), 0);
});

contract!(instances_that_race_for_the_last_seats_never_grant_one_too_many, async |db| {
    let license = a_license(db, 3).await;
    let stores = [(**db).clone(), another(db).await];
    let racers: Vec<_> = (0..24)
        .map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move {
                let mut tx = store.begin().await?;
                tx.lock_desk_licenses(by_code(&[hash(3)])).await?;
                let held = tx.on().held_seats(&[license.id], at(0)).await?;
                let free = held.first().is_none_or(|seats| seats.used < 5);
                if free {
                    tx.upsert_activations(&[&activation(10 + n as u128, license.id)]).await?;
                    tx.commit().await?;
                }
                Ok::<_, Error>(free)
            })
        })
        .collect();
    let mut granted = 0;
    for racer in racers {
        granted += i64::from(racer.await.unwrap().unwrap());
    }
    assert_eq!((granted, read!(db, count_held_seats(at(0)))), (5, 5));
});

contract!(batches_that_name_the_same_licenses_in_other_orders_do_not_deadlock, async |db| {
    let first = a_license(db, 10).await;
    let policy = read!(db, policy(first.policy_id)).unwrap();
    written(db, async |tx| {
        for n in 11..40 {
            tx.insert_license(&license(n, &policy)).await?;
        }
        Ok(())
    })
    .await;
    let batches = [(false, (**db).clone()), (true, another(db).await)].map(|(backwards, store)| {
        tokio::spawn(async move {
            let mut codes: Vec<_> = (10..40).map(hash).collect();
            if backwards {
                codes.reverse();
            }
            for now in 0..40 {
                let mut tx = store.begin().await?;
                let licenses: Vec<_> =
                    tx.lock_desk_licenses(by_code(&codes)).await?.iter().map(|license| license.id).collect();
                tx.start_licenses(&licenses, at(now)).await?;
                tx.commit().await?;
            }
            Ok::<_, Error>(())
        })
    });
    for batch in batches {
        batch.await.unwrap().unwrap();
    }
});

contract!(writers_of_several_instances_wait_for_each_other_and_none_fails_or_is_lost, async |db| {
    let account = account(1);
    written(db, async |tx| tx.insert_account(&account).await).await;
    let stores = [(**db).clone(), another(db).await, another(db).await];
    let writers: Vec<_> = (0..6)
        .map(|n| {
            let store = stores[n % 3].clone();
            tokio::spawn(async move {
                for now in 0..20 {
                    written(&store, async |tx| tx.count_sign_in_failure(account.id, at(now)).await).await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(read!(db, account(account.id)).unwrap().failures, 120);
});

contract!(readers_go_on_while_a_writer_is_at_work, async |db| {
    let before = a_license(db, 3).await;
    let mut tx = db.begin().await.unwrap();
    let changed = store::licenses::License { notes: Some("changed".to_owned()), ..before.clone() };
    tx.update_license(&changed).await.unwrap();
    assert_eq!(read!(db, license(before.id, at(0))).unwrap().license, before);
    assert_eq!(tx.on().license(before.id, at(0)).await.unwrap().unwrap().license, changed, "it sees its own");
    tx.commit().await.unwrap();
    assert_eq!(read!(db, license(before.id, at(0))).unwrap().license, changed);
});

/// On PostgreSQL, a lock must not stop those who only refer to the license; on SQLite every writer waits anyway.
#[test]
fn a_locked_license_lets_rows_refer_to_it_on_postgres() {
    testing::run(Engine::Postgres, async |db| {
        let license = a_license(db, 3).await;
        let mut tx = db.begin().await.unwrap();
        tx.lock_desk_licenses(by_code(&[hash(3)])).await.unwrap();
        let refers = written(db, async |tx| tx.upsert_activations(&[&activation(10, license.id)]).await);
        tokio::time::timeout(Duration::from_secs(30), refers).await.expect("it need not wait");
        tx.commit().await.unwrap();
    });
}

#[test]
fn of_two_transactions_that_deadlock_on_postgres_one_is_told_to_try_again() {
    testing::run(Engine::Postgres, async |db| {
        let first = a_license(db, 3).await;
        let second = license(4, &read!(db, policy(first.policy_id)).unwrap());
        written(db, async |tx| tx.insert_license(&second).await).await;
        let (mut one, mut two) = (db.begin().await.unwrap(), db.begin().await.unwrap());
        one.lock_license(first.id).await.unwrap();
        two.lock_license(second.id).await.unwrap();
        let crossing = [(one, second.id), (two, first.id)].map(|(mut tx, id)| {
            tokio::spawn(async move {
                let locked = tx.lock_license(id).await.map(drop);
                drop(tx);
                locked
            })
        });
        let mut failed = vec![];
        for tx in crossing {
            failed.extend(tx.await.unwrap().err());
        }
        assert!(matches!(&failed[..], [e] if e.is_retryable() && !e.is_unavailable()), "{failed:?}");
    });
}

/// Whoever takes a lock that another instance has waits until its transaction ends.
async fn the_second_waits(db: &Database, lock: impl AsyncFn(&mut Tx)) {
    let other = another(db).await;
    let mut first = db.begin().await.unwrap();
    lock(&mut first).await;
    let mut second = pin!(async {
        let mut tx = other.begin().await.unwrap();
        lock(&mut tx).await;
    });
    assert!(timeout(A_WHILE, &mut second).await.is_err(), "it is locked");
    first.commit().await.unwrap();
    second.await;
}

contract!(who_changes_a_product_waits_for_who_changes_it, async |db| {
    let product = a_license(db, 3).await.product_id;
    the_second_waits(db, async |tx| assert_eq!(tx.lock_product(product).await.unwrap().unwrap().id, product)).await;
    assert_eq!(db.begin().await.unwrap().lock_product(id(99)).await.unwrap(), None);
});

contract!(who_changes_a_policy_waits_for_who_changes_it, async |db| {
    let policy = a_license(db, 3).await.policy_id;
    the_second_waits(db, async |tx| assert_eq!(tx.lock_policy(policy).await.unwrap().unwrap().id, policy)).await;
    assert_eq!(db.begin().await.unwrap().lock_policy(id(99)).await.unwrap(), None);
});

contract!(who_sets_the_server_up_waits_for_who_sets_it_up, async |db| {
    the_second_waits(db, async |tx| tx.lock_setup().await.unwrap()).await;
});
