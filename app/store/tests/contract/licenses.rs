use licensing::{Overrides, feature::FeatureValues, license::State};
use store::{
    Error, Unique,
    licenses::{License, LicenseRow},
};
use testing::contract;
use uuid::Uuid;

use crate::given::{ODD, a_license, a_policy, activation, at, id, license, odd_license, policy, read, written};

contract!(a_license_reads_back_as_written_with_its_product_and_policy, async |db| {
    let (product, policy) = a_policy(db).await;
    for license in [odd_license(3, &policy), license(4, &policy)] {
        written(db, async |tx| tx.insert_license(&license).await).await;
        let expected = LicenseRow {
            license: license.clone(),
            product_name: product.name.clone(),
            product_code: product.code.clone(),
            policy_name: policy.name.clone(),
            policy_terms: policy.terms.clone(),
            seats_used: 0,
            last_seen_at: None,
        };
        assert_eq!(read!(db, license(license.id, at(0))).as_ref(), Some(&expected));
    }
    assert_eq!(read!(db, license(id(9), at(0))), None);
});

contract!(every_state_of_a_license_reads_back, async |db| {
    let (_, policy) = a_policy(db).await;
    for (n, state) in (10..).zip([State::Active, State::Suspended, State::Revoked]) {
        let license = License { state, ..license(n, &policy) };
        written(db, async |tx| tx.insert_license(&license).await).await;
        assert_eq!(read!(db, license(license.id, at(0))).unwrap().license, license);
    }
});

contract!(an_update_changes_a_license_but_not_its_code_or_dates, async |db| {
    let (product, first) = a_policy(db).await;
    let second = policy(3, &product);
    let (before, other) = (license(4, &first), license(5, &first));
    let full = odd_license(4, &second);
    written(db, async |tx| {
        tx.insert_policy(&second).await?;
        tx.insert_license(&before).await?;
        tx.insert_license(&other).await?;
        tx.update_license(&full).await
    })
    .await;
    let changed = License {
        policy_id: second.id,
        state: full.state,
        state_reason: full.state_reason,
        overrides: full.overrides,
        features: full.features,
        customer: full.customer,
        email: full.email,
        reference: full.reference,
        notes: full.notes,
        metadata: full.metadata,
        updated_at: full.updated_at,
        ends_at: full.ends_at,
        seat_limit: full.seat_limit,
        ..before.clone()
    };
    assert_eq!(read!(db, license(before.id, at(0))).unwrap().license, changed);
    assert_eq!(read!(db, license(other.id, at(0))).unwrap().license, other);

    written(db, async |tx| tx.update_license(&before).await).await;
    let emptied = read!(db, license(before.id, at(0))).unwrap().license;
    assert_eq!(emptied, before, "values can be removed again");
    assert_eq!((emptied.overrides, emptied.features), (Overrides::default(), FeatureValues::new()));
});

contract!(an_activation_code_is_unique, async |db| {
    let (_, policy) = a_policy(db).await;
    let first = license(3, &policy);
    written(db, async |tx| tx.insert_license(&first).await).await;
    let same_code = License { code_hmac: first.code_hmac.clone(), ..license(4, &policy) };
    let same_id = License { id: first.id, ..license(5, &policy) };
    for (again, what) in [(same_code, Unique::ActivationCode), (same_id, Unique::Id)] {
        let refused = db.begin().await.unwrap().insert_license(&again).await;
        assert!(matches!(refused, Err(Error::Conflict(unique)) if unique == what), "{refused:?}");
    }
});

contract!(a_license_needs_an_existing_policy, async |db| {
    let (product, _) = a_policy(db).await;
    let orphan = license(3, &policy(99, &product));
    let refused = db.begin().await.unwrap().insert_license(&orphan).await;
    assert!(matches!(&refused, Err(e @ Error::Database(_)) if !e.is_unavailable() && !e.is_retryable()), "{refused:?}");
});

contract!(a_license_counts_its_own_held_seats_and_has_the_last_time_seen, async |db| {
    let license = a_license(db, 3).await;
    let other = License { id: id(4), code_hmac: vec![4; 32], ..license.clone() };
    let mut devices = [10, 11, 12, 13].map(|n| activation(n, license.id));
    devices[1].last_seen_at = at(77);
    devices[2].hold_until = at(20);
    devices[3].license_id = other.id;
    devices[3].last_seen_at = at(99);
    written(db, async |tx| {
        tx.insert_license(&other).await?;
        tx.upsert_activations(&devices.each_ref()).await
    })
    .await;
    let seats = async |now| {
        let row = read!(db, license(license.id, at(now))).unwrap();
        assert_eq!(row.last_seen_at, Some(at(77)));
        (row.seats_used, read!(db, count_held_seats(Uuid::nil(), Uuid::max(), at(now))))
    };
    assert_eq!(seats(19).await, (3, 4));
    assert_eq!(seats(20).await, (2, 3), "a seat held until 20 is free at 20");
    assert_eq!(seats(10_000_000).await, (0, 0));
});

contract!(licenses_are_counted_by_policy_and_those_that_are_not_active, async |db| {
    let counts = async || {
        (read!(db, count_licenses_by_policy(Uuid::nil(), Uuid::max())), read!(db, count_licenses_not_active()))
    };
    assert_eq!(counts().await, (vec![], 0));
    assert_eq!((read!(db, has_licenses()), read!(db, is_small(0))), (false, true));
    let (_, policy) = a_policy(db).await;
    written(db, async |tx| {
        for (n, state) in (10..).zip([State::Active, State::Active, State::Suspended, State::Revoked]) {
            tx.insert_license(&License { state, customer: Some(ODD.to_owned()), ..license(n, &policy) }).await?;
        }
        Ok(())
    })
    .await;
    assert_eq!(counts().await, (vec![(policy.id, 4)], 2));
    let parts = [(Uuid::nil(), Some(id(12))), (id(12), Some(id(13))), (id(13), None)];
    for (after, end) in parts {
        assert_eq!(read!(db, end_of_licenses(after, 3)), end);
    }
    assert_eq!(read!(db, count_licenses_by_policy(Uuid::nil(), id(12))), [(policy.id, 3)]);
    assert_eq!(read!(db, count_licenses_by_policy(id(12), id(13))), [(policy.id, 1)]);
    assert!(read!(db, has_licenses()));
    assert_eq!((read!(db, is_small(4)), read!(db, is_small(3))), (true, false));
});
