//! Reads for the overview of a server.

use licensing::{Overrides, license::State, terms::Seats};
use store::licenses::License;
use testing::contract;
use uuid::Uuid;

use crate::given::{a_license, a_policy, activation, at, id, license, read, written};

contract!(outlines_hold_what_the_status_of_a_license_depends_on, async |db| {
    let (_, policy) = a_policy(db).await;
    let own = Overrides { seats: Some(Seats::Limited(7)), ..Overrides::default() };
    let plain = License { first_activated_at: Some(at(5)), ..license(10, &policy) };
    let special = License { overrides: own.clone(), state: State::Suspended, ..license(11, &policy) };
    written(db, async |tx| {
        tx.insert_license(&plain).await?;
        tx.insert_license(&special).await
    })
    .await;
    let rows = read!(db, license_outlines(Uuid::nil(), Uuid::max()));
    assert_eq!(rows.iter().map(|row| row.overrides().unwrap()).collect::<Vec<_>>(), [None, Some(own)]);
    assert_eq!(rows.iter().map(|row| row.state).collect::<Vec<_>>(), [State::Active, State::Suspended]);
    assert_eq!((rows[0].first_activated_at, rows[1].first_activated_at), (Some(at(5)), None));
    assert_eq!((rows[0].policy_id, rows[0].issued_at), (policy.id, plain.issued_at));
    assert_eq!(read!(db, license_outlines(id(10), Uuid::max())).len(), 1, "after the first");
});

contract!(unreadable_overrides_of_a_license_are_an_error_and_not_none, async |db| {
    let license = a_license(db, 3).await;
    db.execute("UPDATE licenses SET overrides = '7'").await;
    let [row] = read!(db, license_outlines(Uuid::nil(), Uuid::max())).try_into().unwrap();
    assert!(matches!(row.overrides(), Err(store::Error::Inconsistent { id, .. }) if id == license.id.to_string()));
});

contract!(seats_are_counted_at_several_times_at_once, async |db| {
    let license = a_license(db, 3).await;
    let mut devices = [10, 11, 12].map(|n| activation(n, license.id));
    for (device, until) in devices.iter_mut().zip([20, 30, 40]) {
        device.hold_until = at(until);
    }
    written(db, async |tx| tx.upsert_activations(&devices.each_ref()).await).await;
    let held = async |times: [i64; 5]| read!(db, count_seats_held_at(Uuid::nil(), Uuid::max(), times.map(at)));
    assert_eq!(held([10, 20, 29, 30, 40]).await, [3, 2, 2, 1, 0], "a seat held until 20 is free at 20");
    assert_eq!(held([40, 41, 42, 43, 44]).await, [0; 5]);
    let of_licenses = async |now| read!(db, seats_of_licenses(Uuid::nil(), Uuid::max(), at(now)));
    assert_eq!(of_licenses(20).await, [(license.id, 2)]);
    assert_eq!(of_licenses(40).await, [], "no row for a license without a seat");
    assert_eq!(read!(db, seats_of_licenses(license.id, Uuid::max(), at(20))), [], "after the last");
    let none = async || read!(db, count_seats_held_at(Uuid::max(), Uuid::max(), [0; 5].map(at)));
    assert_eq!(none().await, [0; 5]);
});

contract!(licenses_over_a_smaller_limit_are_counted_with_their_devices, async |db| {
    let (_, policy) = a_policy(db).await;
    let own = Overrides { seats: Some(Seats::Limited(9)), ..Overrides::default() };
    let licenses = [license(10, &policy), license(11, &policy), License { overrides: own, ..license(12, &policy) }];
    let devices: Vec<_> = [(20, 10), (21, 10), (22, 10), (23, 11), (24, 12), (25, 12), (26, 12)]
        .map(|(n, license)| activation(n, id(license)))
        .into();
    written(db, async |tx| {
        for license in &licenses {
            tx.insert_license(license).await?;
        }
        tx.upsert_activations(&devices.iter().collect::<Vec<_>>()).await
    })
    .await;
    let over = async |limit, most| {
        let found = read!(db, licenses_over(policy.id, limit, most, at(0)));
        (found.licenses, found.devices)
    };
    assert_eq!(over(1, 100).await, (1, 2), "the last one has its own number");
    assert_eq!(over(0, 100).await, (2, 4));
    assert_eq!(over(0, 1).await, (1, 3), "only the oldest");
    assert_eq!(over(3, 100).await, (0, 0));
});
