use store::authorized::{AuthorizedDevice, AuthorizedRow};
use testing::contract;

use crate::given::{ODD, a_license, activation, at, hash, license, read, written};

contract!(pre_registered_devices_are_listed_with_their_activation, async |db| {
    let mine = a_license(db, 3).await;
    let other = license(4, &read!(db, policy(mine.policy_id)).unwrap());
    let entry = |n: u128, note: Option<&str>| AuthorizedDevice {
        fingerprint_hash: hash(n).to_vec(),
        license_id: mine.id,
        fingerprint: format!("device {n}"),
        note: note.map(str::to_owned),
        created_at: at(i64::try_from(n).unwrap()),
    };
    let elsewhere = AuthorizedDevice { license_id: other.id, ..entry(10, None) };
    let mut device = activation(10, mine.id);
    device.device_name = Some(ODD.to_owned());
    written(db, async |tx| {
        tx.insert_license(&other).await?;
        tx.upsert_activations(&[&device]).await?;
        tx.authorize(&[entry(10, Some("first")), entry(11, Some(ODD)), elsewhere.clone()]).await?;
        // Registered again: a new note replaces the old one, no note removes it.
        tx.authorize(&[AuthorizedDevice { created_at: at(900), ..entry(10, Some("second")) }, entry(11, None)]).await
    })
    .await;
    let row =
        |entry: AuthorizedDevice| AuthorizedRow { entry, activation_id: None, device_name: None, last_seen_at: None };
    let came = AuthorizedRow {
        activation_id: Some(device.id),
        device_name: device.device_name.clone(),
        last_seen_at: Some(device.last_seen_at),
        ..row(entry(10, Some("second")))
    };
    assert_eq!(read!(db, authorized_devices(mine.id, 9)), [row(entry(11, Some(ODD))), came]);
    assert_eq!(read!(db, authorized_devices(mine.id, 1)).len(), 1);
    assert_eq!((read!(db, count_authorized(mine.id)), read!(db, count_authorized(other.id))), (2, 1));
    written(db, async |tx| {
        assert_eq!(tx.unauthorize(mine.id, &hash(10)).await?, Some(entry(10, Some("second"))));
        assert_eq!(tx.unauthorize(mine.id, &hash(10)).await?, None);
        Ok(())
    })
    .await;
    assert_eq!((read!(db, count_authorized(mine.id)), read!(db, count_authorized(other.id))), (1, 1));
});
