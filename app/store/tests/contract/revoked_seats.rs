use store::{
    activations::{Activation, ReleaseKind},
    revoked_seats::SeatBefore,
    status::{PublishedStatus, StatusEntry, StatusIndex, StatusList, TokenStatus},
};
use testing::contract;

use crate::given::{a_license, activation, at, hash, id, license, read, written};

contract!(a_revoked_seat_is_restored_as_it_was, async |db| {
    let mine = a_license(db, 3).await;
    let device = activation(10, mine.id);
    written(db, async |tx| {
        tx.upsert_activations(&[&device]).await?;
        assert_eq!(tx.on().taken_seat(device.id).await?, None);
        tx.note_seat(device.id, at(40)).await?;
        tx.release_seat(device.id, ReleaseKind::Revoked, at(40), at(70), at(40)).await.map(drop)
    })
    .await;
    let seat =
        SeatBefore { taken_at: at(40), hold_until: device.hold_until, token_expires_at: device.token_expires_at };
    assert_eq!(read!(db, taken_seat(device.id)), Some(seat));
    assert_eq!(read!(db, taken_seats(mine.id, at(39))), [(device.id, seat)]);
    assert_eq!(read!(db, taken_seats(mine.id, at(40))), []);
    written(db, async |tx| tx.restore_seat(device.id, seat).await).await;
    assert_eq!(read!(db, activation(device.id)), Some(device.clone()));
    assert_eq!(read!(db, taken_seat(device.id)), None);
});

contract!(tokens_without_a_seat_are_found_until_they_end, async |db| {
    let mine = a_license(db, 3).await;
    let [held, released, ended] = [10, 11, 12].map(|n| activation(n, mine.id));
    written(db, async |tx| {
        tx.upsert_activations(&[&held, &released, &ended]).await?;
        tx.release_seat(released.id, ReleaseKind::Released, at(40), at(8_000_000), at(40)).await?;
        tx.release_seat(ended.id, ReleaseKind::Revoked, at(40), at(45), at(40)).await.map(drop)
    })
    .await;
    assert_eq!(read!(db, tokens_without_seat(mine.id, at(41), 9)), [at(8_000_000), at(45)]);
    assert_eq!(read!(db, tokens_without_seat(mine.id, at(41), 1)), [at(8_000_000)]);
    assert_eq!(read!(db, tokens_without_seat(mine.id, at(45), 9)), [at(8_000_000)]);
    assert!(read!(db, tokens_without_seat(mine.id, at(8_000_000), 9)).is_empty());
});

contract!(a_fingerprint_is_found_on_every_license, async |db| {
    let first = a_license(db, 3).await;
    let second = license(4, &read!(db, policy(first.policy_id)).unwrap());
    let here = activation(10, first.id);
    let mut there = activation(11, second.id);
    (there.fingerprint_hash, there.hold_until) = (hash(10).to_vec(), at(99_000_000));
    written(db, async |tx| {
        tx.insert_license(&second).await?;
        tx.upsert_activations(&[&here, &there, &activation(12, first.id)]).await
    })
    .await;
    let found = read!(db, devices_with(&hash(10), 9));
    let devices: Vec<_> = found.iter().map(|found| found.device.clone()).collect();
    assert_eq!(devices, [there.clone(), here.clone()]);
    assert!(found.iter().all(|found| found.product_id == first.product_id && found.product_name == "Product 1"));
    assert_eq!(found[0].code_tail, second.code_tail);
});

contract!(a_twin_has_the_same_name_and_platform_and_was_seen_earlier, async |db| {
    let mine = a_license(db, 3).await;
    let mut devices = [10, 11, 12, 13, 14, 15].map(|n| activation(n, mine.id));
    for (n, device) in devices.iter_mut().enumerate() {
        (device.device_name, device.platform) = (Some("Laptop".to_owned()), Some("Windows 11".to_owned()));
        device.last_seen_at = at(i64::try_from(n).unwrap());
    }
    devices[0].hold_until = at(1);
    devices[1].platform = None;
    devices[2].revoked_at = Some(at(3));
    written(db, async |tx| tx.upsert_activations(&devices.each_ref()).await).await;
    let [_, nameless, _, oldest, middle, youngest] = devices.each_ref().map(Activation::clone);
    let twin = async |device: &Activation| read!(db, twin_of(device, at(2))).map(|twin| twin.id);
    assert_eq!(twin(&youngest).await, Some(oldest.id));
    assert_eq!(twin(&middle).await, Some(oldest.id));
    assert_eq!(twin(&oldest).await, None, "the older device has no newer twin");
    assert_eq!(twin(&nameless).await, None);
});

contract!(an_entry_of_a_status_list_is_amended, async |db| {
    let list = StatusList { id: id(1), size: 1024, used: 0, opened_at: at(0), closed_at: None };
    written(db, async |tx| tx.insert_status_list(&list).await).await;
    let place = StatusIndex { list: id(1), index: 7 };
    let entry = StatusEntry { place, status: TokenStatus::Invalid, until: at(90), activation_id: id(10) };
    let text = async || {
        let text: Vec<PublishedStatus> = read!(db, statuses(id(1), at(1)));
        text.into_iter().map(|text| text.status).collect::<Vec<_>>()
    };
    written(db, async |tx| tx.mark_status(std::slice::from_ref(&entry)).await).await;
    assert_eq!(text().await, [TokenStatus::Invalid]);
    written(db, async |tx| tx.amend_status(place, Some(TokenStatus::Suspended)).await).await;
    assert_eq!(text().await, [TokenStatus::Suspended]);
    written(db, async |tx| tx.amend_status(place, None).await).await;
    assert_eq!(text().await, []);
});

contract!(a_label_set_by_support_outlives_the_session, async |db| {
    let mine = a_license(db, 3).await;
    let device = activation(10, mine.id);
    written(db, async |tx| {
        tx.upsert_activations(&[&device]).await?;
        tx.label_device(device.id, Some("Lena’s laptop")).await
    })
    .await;
    let again = store::activations::Activation { id: id(99), ..device.clone() };
    written(db, async |tx| tx.upsert_activations(&[&again]).await).await;
    let named = async || {
        let device = read!(db, activation(id(99))).unwrap();
        (device.label, device.label_revision)
    };
    assert_eq!(named().await, (Some("Lena’s laptop".to_owned()), 2));
    written(db, async |tx| tx.label_device(id(99), None).await).await;
    assert_eq!(named().await, (None, 3));
});

contract!(transfers_are_forgiven_once_and_only_those_that_count, async |db| {
    let mine = a_license(db, 3).await;
    let release = |n: u128, is_transfer| store::seat_releases::SeatRelease {
        id: id(n),
        license_id: mine.id,
        activation_id: id(1),
        at: at(i64::try_from(n).unwrap()),
        is_transfer,
        forgiven_at: None,
    };
    written(db, async |tx| {
        for (n, moves) in [(10, true), (20, true), (30, true), (40, false)] {
            tx.insert_release(&release(n, moves)).await?;
        }
        assert_eq!(tx.reset_transfers(mine.id, at(20), at(50)).await?, 2);
        assert_eq!(tx.reset_transfers(mine.id, at(20), at(60)).await?, 0);
        Ok(())
    })
    .await;
    let forgiven: Vec<_> = read!(db, releases(mine.id, at(0))).into_iter().map(|release| release.forgiven_at).collect();
    assert_eq!(forgiven, [None, Some(at(50)), Some(at(50)), None]);
});
