use store::{
    Paging,
    activations::{Activation, ReleaseKind},
};
use testing::contract;
use uuid::Uuid;

use crate::given::{a_license, activation, at, id, license, read, written};

contract!(support_sees_a_device_as_the_desk_wrote_it, async |db| {
    let license = a_license(db, 3).await;
    let (odd, bare) = (crate::desk::odd_activation(10, license.id), activation(11, license.id));
    written(db, async |tx| tx.upsert_activations(&[&odd, &bare]).await).await;
    assert_eq!(read!(db, activation(odd.id)), Some(odd.clone()));
    assert_eq!(read!(db, activation(bare.id)), Some(bare.clone()));
    assert_eq!(read!(db, activation(id(99))), None);
});

contract!(the_devices_of_a_license_are_listed_by_the_end_of_their_hold, async |db| {
    let first = a_license(db, 3).await;
    let second = license(4, &read!(db, policy(first.policy_id)).unwrap());
    let mut devices = [10, 11, 12, 13].map(|n| activation(n, first.id));
    devices[1].hold_until = at(1);
    devices[2].hold_until = at(30_000_000);
    let elsewhere = activation(14, second.id);
    written(db, async |tx| {
        tx.insert_license(&second).await?;
        tx.upsert_activations(&devices.each_ref()).await?;
        tx.upsert_activations(&[&elsewhere]).await
    })
    .await;
    let [a, b, c, d] = devices.each_ref().map(Activation::clone);
    let expected = [c, d, a, b];
    assert_eq!(read!(db, activations(first.id, 100)), expected);
    assert_eq!(read!(db, activations(first.id, 3)), expected[..3]);
    assert_eq!(read!(db, activations(second.id, 100)), std::slice::from_ref(&elsewhere));
    assert_eq!(read!(db, activations(id(99), 100)), []);
});

contract!(a_device_is_revoked_once_and_its_seat_is_free_from_then_on, async |db| {
    let license = a_license(db, 3).await;
    let (mine, other) = (activation(10, license.id), activation(11, license.id));
    written(db, async |tx| {
        tx.upsert_activations(&[&mine, &other]).await?;
        let revoked = ReleaseKind::Revoked;
        assert!(tx.release_seat(mine.id, revoked, at(50), at(70), at(40)).await?);
        assert!(!tx.release_seat(mine.id, revoked, at(60), at(60), at(60)).await?, "already revoked");
        assert!(!tx.release_seat(id(99), revoked, at(60), at(60), at(60)).await?, "no such device");
        Ok(())
    })
    .await;
    let revoked = Activation { revoked_at: Some(at(40)), hold_until: at(50), token_expires_at: at(70), ..mine.clone() };
    assert_eq!(read!(db, activation(mine.id)), Some(revoked));
    assert_eq!(read!(db, activation(other.id)), Some(other.clone()));
    assert_eq!(read!(db, count_held_seats(Uuid::nil(), Uuid::max(), at(50))), 1);
});

contract!(a_released_session_has_ended_and_a_checked_out_one_has_not, async |db| {
    let license = a_license(db, 3).await;
    let (gone, away) = (activation(10, license.id), activation(11, license.id));
    written(db, async |tx| {
        tx.upsert_activations(&[&gone, &away]).await?;
        for at_second in [40, 41] {
            assert!(tx.release_seat(away.id, ReleaseKind::CheckedOut, at(50), at(70), at(at_second)).await?);
        }
        assert!(tx.release_seat(gone.id, ReleaseKind::Released, at(50), at(70), at(40)).await?);
        for how in [ReleaseKind::Revoked, ReleaseKind::Released, ReleaseKind::CheckedOut] {
            assert!(!tx.release_seat(gone.id, how, at(60), at(60), at(60)).await?, "the session has ended");
        }
        Ok(())
    })
    .await;
    let released = |a: &Activation| Activation { hold_until: at(50), token_expires_at: at(70), ..a.clone() };
    assert_eq!(read!(db, activation(gone.id)), Some(Activation { released_at: Some(at(40)), ..released(&gone) }));
    assert_eq!(read!(db, activation(away.id)), Some(Activation { checked_out_at: Some(at(41)), ..released(&away) }));
});

contract!(all_devices_of_a_license_are_revoked_together_and_no_others, async |db| {
    let first = a_license(db, 3).await;
    let second = license(4, &read!(db, policy(first.policy_id)).unwrap());
    let [a, b, c] = [10, 11, 12].map(|n| activation(n, first.id));
    let elsewhere = activation(13, second.id);
    written(db, async |tx| {
        tx.insert_license(&second).await?;
        tx.upsert_activations(&[&a, &b, &c, &elsewhere]).await?;
        tx.release_seat(a.id, ReleaseKind::Revoked, at(50), at(50), at(50)).await?;
        assert_eq!(tx.revoke_activations_of(first.id, at(60)).await?, 2, "one was already revoked");
        assert_eq!(tx.revoke_activations_of(first.id, at(70)).await?, 0);
        Ok(())
    })
    .await;
    let revoked = read!(db, activations(first.id, 9)).into_iter().map(|a| (a.id, a.revoked_at)).collect::<Vec<_>>();
    assert_eq!(revoked, [(c.id, Some(at(60))), (b.id, Some(at(60))), (a.id, Some(at(50)))]);
    assert_eq!(read!(db, activation(elsewhere.id)), Some(elsewhere.clone()));
});

contract!(devices_of_a_license_are_paged_by_the_end_of_their_hold, async |db| {
    let license = a_license(db, 3).await;
    let mut devices: Vec<_> = (10..17).map(|n| activation(n, license.id)).collect();
    for (device, end) in devices.iter_mut().zip([50, 50, 50, 20, 90, 20, 70]) {
        device.hold_until = at(end);
    }
    let rows: Vec<_> = devices.iter().collect();
    written(db, async |tx| tx.upsert_activations(&rows).await).await;
    let ids =
        |page: &store::Page<Activation>| page.rows.iter().map(|row| row.id.as_u128() & 0xFFFF).collect::<Vec<_>>();
    let first = read!(db, device_page(license.id, Paging::First, 3));
    assert_eq!((ids(&first), first.previous), (vec![14, 16, 12], None));
    let second = read!(db, device_page(license.id, Paging::After(first.next.unwrap()), 3));
    assert_eq!(ids(&second), [11, 10, 15]);
    let last = read!(db, device_page(license.id, Paging::After(second.next.unwrap()), 3));
    assert_eq!((ids(&last), last.next), (vec![13], None));
    let back = read!(db, device_page(license.id, Paging::Before(second.previous.unwrap()), 3));
    assert_eq!((ids(&back), back.previous), (vec![14, 16, 12], None));
    let next = async |now| read!(db, next_free_device(license.id, at(now))).map(|row| row.id.as_u128() & 0xFFFF);
    assert_eq!((next(20).await, next(50).await, next(90).await), (Some(10), Some(16), None));
});
