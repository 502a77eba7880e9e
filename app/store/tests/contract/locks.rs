//! Locks and waiting. Each instance in these tests is a store of its own on the same database.

use std::{pin::pin, time::Duration};

use store::{Engine, Error, Store, Tx};
use testing::{Database, contract};
use tokio::time::timeout;
use uuid::Uuid;

use crate::given::{a_license, account, activation, at, by_code, hash, id, license, read, written};

/// Long enough for a transaction that need not wait. Nothing fails if it is too short.
const A_WHILE: Duration = Duration::from_millis(150);

/// A second instance on the same database.
async fn another(db: &Database) -> Store {
    Store::open(db.url()).await.unwrap()
}

/// Seats in use as a transaction sees them once it has the license's lock.
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
    assert!(!second.is_finished(), "it waits for the lock");
    tx.upsert_activations(&[&activation(10, license.id)]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(second.await.unwrap(), 1, "the waiting transaction sees what was written in the meantime");
}

contract!(the_desk_waits_for_the_desk_of_another_instance, async |db| {
    a_locked_license_waits(db, async |tx, _| drop(tx.lock_desk_licenses(by_code(&[hash(3)])).await.unwrap())).await;
});

contract!(the_desk_waits_for_a_person_who_changes_the_license, async |db| {
    a_locked_license_waits(db, async |tx, id| tx.lock_license(id).await.unwrap()).await;
});

contract!(a_lock_ends_when_its_transaction_is_dropped, async |db| {
    let license = a_license(db, 3).await;
    let other = another(db).await;
    let mut tx = db.begin().await.unwrap();
    tx.lock_desk_licenses(by_code(&[hash(3)])).await.unwrap();
    let second = tokio::spawn(seats(other, 3, license.id));
    tx.upsert_activations(&[&activation(10, license.id)]).await.unwrap();
    drop(tx);
    assert_eq!(second.await.unwrap(), 0);
});

contract!(instances_that_race_for_the_last_seats_never_grant_too_many, async |db| {
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
    assert_eq!((granted, read!(db, count_held_seats(Uuid::nil(), Uuid::max(), at(0)))), (5, 5));
});

contract!(batches_that_lock_the_same_licenses_in_different_orders_do_not_deadlock, async |db| {
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
                tx.start_licenses(&licenses, at(now), None).await?;
                tx.commit().await?;
            }
            Ok::<_, Error>(())
        })
    });
    for batch in batches {
        batch.await.unwrap().unwrap();
    }
});

contract!(writers_of_several_instances_wait_for_each_other_and_lose_nothing, async |db| {
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

contract!(readers_do_not_wait_for_a_writer, async |db| {
    let before = a_license(db, 3).await;
    let mut tx = db.begin().await.unwrap();
    let changed = store::licenses::License { notes: Some("changed".to_owned()), ..before.clone() };
    tx.update_license(&changed).await.unwrap();
    assert_eq!(read!(db, license(before.id, at(0))).unwrap().license, before);
    assert_eq!(
        tx.on().license(before.id, at(0)).await.unwrap().unwrap().license,
        changed,
        "a transaction sees its own changes"
    );
    tx.commit().await.unwrap();
    assert_eq!(read!(db, license(before.id, at(0))).unwrap().license, changed);
});

/// On PostgreSQL, a lock must not stop writers that only refer to the license. On SQLite every writer waits anyway.
#[test]
fn a_locked_license_lets_rows_refer_to_it_on_postgres() {
    testing::run(Engine::Postgres, async |db| {
        let license = a_license(db, 3).await;
        let mut tx = db.begin().await.unwrap();
        tx.lock_desk_licenses(by_code(&[hash(3)])).await.unwrap();
        let refers = written(db, async |tx| tx.upsert_activations(&[&activation(10, license.id)]).await);
        tokio::time::timeout(Duration::from_secs(30), refers)
            .await
            .expect("an insert that refers to a locked license does not wait");
        tx.commit().await.unwrap();
    });
}

#[test]
fn one_of_two_transactions_that_deadlock_on_postgres_is_told_to_retry() {
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

/// Asserts that a lock waits until a transaction of another instance that holds it has ended.
async fn the_second_waits(db: &Database, lock: impl AsyncFn(&mut Tx)) {
    let other = another(db).await;
    let mut first = db.begin().await.unwrap();
    lock(&mut first).await;
    let mut second = pin!(async {
        let mut tx = other.begin().await.unwrap();
        lock(&mut tx).await;
    });
    assert!(timeout(A_WHILE, &mut second).await.is_err(), "it waits for the lock");
    first.commit().await.unwrap();
    second.await;
}

contract!(two_changes_to_a_product_wait_for_each_other, async |db| {
    let product = a_license(db, 3).await.product_id;
    the_second_waits(db, async |tx| assert_eq!(tx.lock_product(product).await.unwrap().unwrap().id, product)).await;
    assert_eq!(db.begin().await.unwrap().lock_product(id(99)).await.unwrap(), None);
});

contract!(two_changes_to_a_policy_wait_for_each_other, async |db| {
    let policy = a_license(db, 3).await.policy_id;
    the_second_waits(db, async |tx| assert_eq!(tx.lock_policy(policy).await.unwrap().unwrap().id, policy)).await;
    assert_eq!(db.begin().await.unwrap().lock_policy(id(99)).await.unwrap(), None);
});

contract!(two_setups_of_the_server_wait_for_each_other, async |db| {
    the_second_waits(db, async |tx| tx.lock_setup().await.unwrap()).await;
});
