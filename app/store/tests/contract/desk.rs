//! The desk's statements, which handle a batch at a time.

use std::collections::HashSet;

use licensing::{Span, activation::Snapshot, feature::FeatureValues};
use store::{
    Engine, SeatCounts, SeatsAt, Store,
    activations::Activation,
    desk::{BatchRows, HeldSeats, LicenseKeys},
    events::Event,
    licenses::License,
};
use testing::contract;
use uuid::Uuid;

use crate::decisions::refusal;
use crate::given::{
    ODD, a_license, a_policy, activation, at, by_code, event, hash, id, last, license, odd_license, odd_terms, read,
    values, written,
};

/// An activation with an unusual value in every column.
pub(crate) fn odd_activation(n: u128, license: Uuid) -> Activation {
    let odd = Some(ODD.to_owned());
    Activation {
        // 512 bytes, the maximum, in 128 characters.
        fingerprint: "👍".repeat(128),
        device_name: odd.clone(),
        platform: odd.clone(),
        software_version: odd.clone(),
        address: Some("2001:db8::1".to_owned()),
        activated_at: at(1),
        last_seen_at: at(2),
        lease_ends_at: at(3),
        token_expires_at: at(4),
        hold_until: last(),
        kid: Some(ODD.to_owned()),
        status_list: Some(id(77)),
        status_index: Some(i64::MAX),
        revoked_at: Some(at(5)),
        released_at: Some(at(6)),
        checked_out_at: Some(at(7)),
        issuer: Some(ODD.to_owned()),
        subject: Some(ODD.to_owned()),
        snapshot: Snapshot {
            policy: ODD.to_owned(),
            customer: odd,
            grace: Span::days(36_525),
            versions: odd_terms().versions,
            features: values(),
            grace_features: FeatureValues::new(),
            trial: false,
        },
        ..activation(n, license)
    }
}

/// Inserts `count` licenses of one policy, numbered from 1000.
async fn licenses(db: &Store, count: u128) -> Vec<License> {
    let (_, policy) = a_policy(db).await;
    let licenses: Vec<_> = (0..count).map(|n| license(1000 + n, &policy)).collect();
    written(db, async |tx| {
        for license in &licenses {
            tx.insert_license(license).await?;
        }
        Ok(())
    })
    .await;
    licenses
}

contract!(the_desk_finds_a_license_by_its_code_with_all_facts, async |db| {
    let (product, policy) = a_policy(db).await;
    let license = odd_license(3, &policy);
    written(db, async |tx| tx.insert_license(&license).await).await;
    let code: [u8; 32] = license.code_hmac.clone().try_into().unwrap();
    let read = read!(db, desk_licenses(by_code(&[code])));
    let locked = db.begin().await.unwrap().lock_desk_licenses(by_code(&[code])).await.unwrap();
    assert_eq!(read!(db, desk_licenses(LicenseKeys { codes: &[], ids: &[license.id] })).len(), 1, "by its id");
    let both = LicenseKeys { codes: &[code], ids: &[license.id, id(99)] };
    assert_eq!(read!(db, desk_licenses(both)).len(), 1, "by both, but only once");
    for found in [read, locked] {
        let [found] = found.try_into().unwrap();
        assert_eq!((found.id, found.code_hmac, found.state), (license.id, license.code_hmac.clone(), license.state));
        assert_eq!((found.overrides, found.features), (license.overrides.clone(), license.features.clone()));
        assert_eq!((found.customer, found.email), (license.customer.clone(), license.email.clone()));
        assert_eq!((found.issued_at, found.first_activated_at), (license.issued_at, license.first_activated_at));
        assert_eq!((found.policy_name, found.policy_terms), (policy.name.clone(), policy.terms.clone()));
        assert_eq!((found.product_code, found.product_name), (product.code.clone(), product.name.clone()));
        assert_eq!((found.lifecycle, found.algorithm), (product.lifecycle, product.algorithm));
        assert_eq!(found.product_features, product.features);
    }
});

contract!(an_empty_batch_reads_and_writes_nothing, async |db| {
    let mut tx = db.begin().await.unwrap();
    assert!(tx.on().desk_licenses(LicenseKeys::default()).await.unwrap().is_empty());
    assert!(tx.lock_desk_licenses(LicenseKeys::default()).await.unwrap().is_empty());
    assert!(tx.on().desk_activations(&[], &[id(1)]).await.unwrap().is_empty());
    assert!(tx.on().held_seats(&[], at(0)).await.unwrap().is_empty());
    tx.upsert_activations(&[]).await.unwrap();
    tx.start_licenses(&[], at(0), None).await.unwrap();
    tx.insert_decisions(&[]).await.unwrap();
    tx.insert_events(&[]).await.unwrap();
});

/// Sizes around every power of two, up to more than a batch holds.
fn sizes() -> impl Iterator<Item = u128> {
    (1..=9).chain([15, 16, 17, 31, 32, 33, 45, 63, 64, 65, 127, 128, 129, 255, 256, 257, 300])
}

contract!(batches_of_every_size_find_each_license_once_in_the_order_of_ids, async |db| {
    let all = licenses(db, 300).await;
    for size in sizes() {
        // In reverse order, with one duplicate and one unknown code.
        let mut asked: Vec<_> = (0..size).rev().map(|n| hash(1000 + n)).collect();
        asked.push(hash(1000));
        asked.push(hash(1));
        let expected: Vec<_> = all[..size as usize].iter().map(|license| license.id).collect();
        let found: Vec<_> = read!(db, desk_licenses(by_code(&asked))).into_iter().map(|license| license.id).collect();
        assert_eq!(found, expected, "{size}");
        let mut tx = db.begin().await.unwrap();
        let locked = tx.lock_desk_licenses(by_code(&asked)).await.unwrap();
        assert_eq!(locked.into_iter().map(|license| license.id).collect::<Vec<_>>(), expected, "{size}");
    }
});

contract!(batches_of_every_size_write_each_device_once_and_find_it_again, async |db| {
    let license = a_license(db, 3).await;
    let mut written_so_far = 0;
    for size in sizes() {
        let devices: Vec<_> = (0..size).map(|n| activation(10_000 * size + n, license.id)).collect();
        written(db, async |tx| tx.upsert_activations(&devices.iter().collect::<Vec<_>>()).await).await;
        written_so_far += size as usize;
        let mut hashes: Vec<_> = (0..size).map(|n| hash(10_000 * size + n)).collect();
        hashes.push(hash(1));
        let mut found = read!(db, desk_activations(&hashes, &[license.id]));
        found.sort_by_key(|device| device.id);
        assert_eq!(found, devices, "{size}");
        assert_eq!(read!(db, activations(license.id, 100_000)).len(), written_so_far, "{size}");
    }
});

contract!(batches_of_every_size_start_each_license, async |db| {
    let all = licenses(db, 300).await;
    for size in sizes() {
        let ids: Vec<_> = all[..size as usize].iter().map(|license| license.id).collect();
        let mut tx = db.begin().await.unwrap();
        tx.start_licenses(&ids, at(7), None).await.unwrap();
        let hmacs: Vec<_> = (0..300).map(|n| hash(1000 + n)).collect();
        let started = tx.on().desk_licenses(by_code(&hmacs)).await.unwrap();
        let started = started.iter().filter(|license| license.first_activated_at == Some(at(7))).count();
        assert_eq!(started as u128, size);
    }
});

contract!(the_rows_of_a_batch_are_all_written_and_wanted_events_get_into_the_outbox, async |db| {
    let all = licenses(db, 3).await;
    let devices: Vec<_> = all.iter().zip(10..).map(|(license, n)| activation(n, license.id)).collect();
    written(db, async |tx| tx.upsert_activations(&[&devices[0]]).await).await;
    db.set_wanted(HashSet::from(["license.created"]));
    let events = [Event { kind: "license.revoked".to_owned(), ..event(1) }, event(2)];
    let decisions = [refusal(5), refusal(6)];
    let seen = Activation { last_seen_at: at(9), ..devices[0].clone() };
    let rows = BatchRows {
        activations: vec![&seen, &devices[1], &devices[2]],
        started: vec![(None, vec![all[0].id]), (Some(at(50)), vec![all[1].id, all[2].id])],
        events: &events,
        decisions: &decisions,
    };
    written(db, async |tx| tx.write_batch(&BatchRows::default(), at(7)).await).await;
    written(db, async |tx| tx.write_batch(&rows, at(7)).await).await;

    let mut found = read!(db, desk_activations(&[hash(10), hash(11), hash(12)], &[all[0].id, all[1].id, all[2].id]));
    found.sort_by_key(|device| device.id);
    assert_eq!(found, [seen.clone(), devices[1].clone(), devices[2].clone()]);
    for (n, end) in [(0, all[0].ends_at), (1, Some(at(50))), (2, Some(at(50)))] {
        let license = read!(db, license(all[n].id, at(0))).unwrap().license;
        assert_eq!((license.first_activated_at, license.ends_at), (Some(at(7)), end), "{n}");
    }
    let mut tx = db.begin().await.unwrap();
    let published: Vec<_> = tx.take_outbox(10).await.unwrap().into_iter().map(|event| event.id).collect();
    assert_eq!(published, [id(2)]);
    for event in &events {
        assert_eq!(tx.on().event(event.id).await.unwrap().as_ref(), Some(event));
    }
    for row in &decisions {
        assert_eq!(tx.on().decision(row.id).await.unwrap().as_ref(), Some(row));
    }
    drop(tx);
    // All of them, or none.
    assert!(db.begin().await.unwrap().write_batch(&rows, at(8)).await.is_err(), "the events exist already");
});

contract!(a_license_is_started_once, async |db| {
    let license = a_license(db, 3).await;
    for now in [at(5), at(9)] {
        written(db, async |tx| tx.start_licenses(&[license.id], now, None).await).await;
        assert_eq!(read!(db, license(license.id, at(0))).unwrap().license.first_activated_at, Some(at(5)));
    }
});

contract!(the_desk_writes_an_activation_and_reads_it_back, async |db| {
    let license = a_license(db, 3).await;
    let (odd, bare) = (odd_activation(10, license.id), activation(11, license.id));
    written(db, async |tx| tx.upsert_activations(&[&odd, &bare]).await).await;
    assert_eq!(read!(db, desk_activations(&[hash(10)], &[id(1), license.id])), [odd]);
    assert_eq!(read!(db, desk_activations(&[hash(10)], &[id(1)])), [], "that device is on another license");
    assert_eq!(read!(db, desk_activations(&[hash(11)], &[license.id])), [bare]);
    assert_eq!(read!(db, desk_activations(&[hash(12)], &[license.id])), []);
});

contract!(a_returning_device_reuses_its_row_with_a_new_session, async |db| {
    let license = a_license(db, 3).await;
    let other = License { id: id(4), code_hmac: vec![4; 32], ..license.clone() };
    let before = odd_activation(10, license.id);
    let elsewhere = Activation { id: id(11), license_id: other.id, ..before.clone() };
    let again = Activation {
        id: id(20),
        fingerprint: before.fingerprint.clone(),
        fingerprint_hash: before.fingerprint_hash.clone(),
        ..activation(20, license.id)
    };
    written(db, async |tx| {
        tx.insert_license(&other).await?;
        tx.upsert_activations(&[&before, &elsewhere]).await
    })
    .await;
    for (device, there) in [(&again, &before), (&before, &again)] {
        written(db, async |tx| tx.upsert_activations(&[device]).await).await;
        let mut found = read!(db, desk_activations(&[hash(10)], &[license.id, other.id]));
        found.sort_by_key(|a| a.license_id);
        assert_eq!(found, [device.clone(), elsewhere.clone()]);
        assert_eq!(read!(db, activation(there.id)), None, "the earlier session is gone");
    }
});

contract!(a_seat_is_held_until_its_hold_ends_exclusive, async |db| {
    let all = licenses(db, 3).await;
    let (busy, quiet, asked_not) = (all[0].id, all[1].id, all[2].id);
    let held = |n, license, until| Activation { hold_until: at(until), ..activation(n, license) };
    let revoked = Activation { revoked_at: Some(at(1)), ..held(5, busy, 1) };
    let devices = [held(1, busy, 10), held(2, busy, 20), held(3, quiet, 30), held(4, asked_not, 40), revoked];
    written(db, async |tx| tx.upsert_activations(&devices.each_ref()).await).await;
    let seats = |license_id, used, next| HeldSeats { license_id, used, next_at: Some(at(next)) };
    for (now, expected) in [
        (0, vec![seats(busy, 3, 1), seats(quiet, 1, 30)]),
        (9, vec![seats(busy, 2, 10), seats(quiet, 1, 30)]),
        (10, vec![seats(busy, 1, 20), seats(quiet, 1, 30)]),
        (20, vec![seats(quiet, 1, 30)]),
        (29, vec![seats(quiet, 1, 30)]),
        (30, vec![]),
    ] {
        let mut found = read!(db, held_seats(&[quiet, busy, quiet, id(99)], at(now)));
        found.sort_by_key(|seats| seats.license_id);
        assert_eq!(found, expected, "{now}");
    }
    for (since, now, expected) in
        [(0, 9, vec![(busy, 1)]), (1, 9, vec![]), (9, 10, vec![(busy, 10)]), (10, 30, vec![(busy, 20), (quiet, 30)])]
    {
        let mut ended = read!(db, ended_holds(&[quiet, busy], at(since), at(now)));
        ended.sort();
        let mut expected: Vec<_> = expected.into_iter().map(|(license, until)| (license, at(until))).collect();
        expected.sort();
        assert_eq!(ended, expected, "{since} to {now}");
    }
});

contract!(a_device_needs_an_existing_license, async |db| {
    let orphan = activation(10, id(99));
    assert!(db.begin().await.unwrap().upsert_activations(&[&orphan]).await.is_err());
});

contract!(seat_counts_last_until_anything_else_is_written, async |db| {
    let mine = a_license(db, 3).await;
    let counted = SeatsAt { used: 7, at: at(0) };
    let kept = async || {
        let mut tx = db.begin().await.unwrap();
        let mut counts = tx.seat_counts().await.unwrap();
        counts.set(mine.id, counted);
        tx.keep_seat_counts(counts);
        tx
    };
    let known = async || db.begin().await.unwrap().seat_counts().await.unwrap().get(mine.id, at(1));
    let expected = Some(counted).filter(|_| db.engine() == Engine::Sqlite);

    kept().await.commit().await.unwrap();
    assert_eq!(known().await, expected);
    assert_eq!(known().await, None, "the transaction before put nothing back");
    drop(kept().await);
    assert_eq!(known().await, None, "a transaction that is rolled back keeps nothing");
    kept().await.commit().await.unwrap();
    written(db, async |tx| tx.insert_events(&[]).await).await;
    assert_eq!(known().await, None, "anything may have been written");
});

#[test]
fn a_seat_count_is_known_for_a_minute() {
    let mut counts = SeatCounts::default();
    let counted = SeatsAt { used: 7, at: at(100_000_000) };
    counts.set(id(1), counted);
    let known = |seconds: i64| counts.get(id(1), at(seconds * 1_000_000)).is_some();
    assert!(known(100) && known(160) && !known(161) && !known(99), "nor if the clock was set back");
    assert_eq!(counts.get(id(2), at(100_000_000)), None);
}

contract!(another_process_invalidates_the_counts_of_seats, async |db| {
    let other = Store::open(db.url()).await.unwrap();
    let keep = async || {
        let mut tx = db.begin().await.unwrap();
        let mut counts = tx.seat_counts().await.unwrap();
        counts.set(id(1), SeatsAt { used: 7, at: at(0) });
        tx.keep_seat_counts(counts);
        tx.commit().await.unwrap();
    };
    let known = async || db.begin().await.unwrap().seat_counts().await.unwrap().get(id(1), at(1)).is_some();
    keep().await;
    assert_eq!(known().await, db.engine() == Engine::Sqlite);
    keep().await;
    a_license(&other, 3).await;
    assert!(!known().await);
});
