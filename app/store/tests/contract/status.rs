use licensing::license::State;
use store::{
    Store,
    licenses::License,
    status::{StatusEntry, StatusIndex, StatusList, TokenStatus},
};
use testing::{Database, contract};
use uuid::Uuid;

use crate::given::{a_license, activation, at, id, license, read, written};

fn list(n: u128, size: i64) -> StatusList {
    StatusList { id: id(n), size, used: 0, opened_at: at(i64::try_from(n).unwrap()), closed_at: None }
}

fn place(index: i64) -> StatusIndex {
    StatusIndex { list: id(1), index }
}

fn entry(index: i64, status: TokenStatus, until: i64) -> StatusEntry {
    StatusEntry { place: place(index), status, until: at(until), activation_id: id(100) }
}

/// The entries of list 1, by index.
async fn text(db: &Store, now: i64) -> Vec<(i64, TokenStatus)> {
    let mut text: Vec<_> =
        read!(db, statuses(id(1), at(now))).into_iter().map(|s| (s.status_index, s.status)).collect();
    text.sort();
    text
}

async fn reserve(db: &Store, list: Uuid, places: i64) -> Option<i64> {
    let mut tx = db.begin().await.unwrap();
    let end = tx.reserve_places(list, places).await.unwrap();
    tx.commit().await.unwrap();
    end
}

/// Inserts devices 10, 11, … of the license with the indexes 0, 1, … of list 1.
async fn devices(db: &Database, license: &License, count: u128) {
    let devices: Vec<_> = (10..10 + count).map(|n| activation(n, license.id)).collect();
    written(db, async |tx| {
        tx.insert_status_list(&list(1, 64)).await?;
        tx.upsert_activations(&devices.iter().collect::<Vec<_>>()).await
    })
    .await;
    for index in 0..count {
        db.execute(&format!(
            "UPDATE activations SET status_list = (SELECT id FROM status_lists), status_index = {index} \
             WHERE fingerprint = 'device {}'",
            10 + index
        ))
        .await;
    }
}

contract!(a_new_list_replaces_the_open_one, async |db| {
    assert_eq!(read!(db, open_status_list()), None);
    written(db, async |tx| tx.insert_status_list(&list(1, 8)).await).await;
    assert_eq!(read!(db, open_status_list()), Some(list(1, 8)));
    written(db, async |tx| tx.insert_status_list(&list(2, 16)).await).await;
    assert_eq!(read!(db, open_status_list()), Some(list(2, 16)));
    assert_eq!(read!(db, status_list(id(1))), Some(StatusList { closed_at: Some(at(2)), ..list(1, 8) }));
    assert_eq!(read!(db, status_list(id(3))), None);
});

contract!(indexes_are_reserved_once_and_only_within_the_list, async |db| {
    written(db, async |tx| tx.insert_status_list(&list(1, 8)).await).await;
    assert_eq!(reserve(db, id(1), 5).await, Some(5));
    assert_eq!(reserve(db, id(1), 4).await, None);
    assert_eq!(reserve(db, id(1), 3).await, Some(8));
    assert_eq!(reserve(db, id(1), 1).await, None);
    assert_eq!(reserve(db, id(9), 1).await, None);
    written(db, async |tx| tx.insert_status_list(&list(2, 8)).await).await;
    written(db, async |tx| tx.insert_status_list(&list(3, 8)).await).await;
    assert_eq!(reserve(db, id(2), 1).await, None, "the list is closed");
});

contract!(only_one_of_two_concurrently_opened_first_lists_is_created, async |db| {
    let tries = [1, 2].map(|n| {
        let db = (**db).clone();
        tokio::spawn(async move {
            let mut tx = db.begin().await.unwrap();
            tx.lock_status_lists().await.unwrap();
            if tx.on().open_status_list().await.unwrap().is_none() {
                tx.insert_status_list(&list(n, 8)).await.unwrap();
            }
            tx.commit().await.unwrap();
        })
    });
    for attempt in tries {
        attempt.await.unwrap();
    }
    assert_eq!(db.number("SELECT COUNT(*) FROM status_lists").await, 1);
});

contract!(an_entry_lasts_until_its_last_token_ends_and_invalid_is_final, async |db| {
    use TokenStatus::{Invalid, Suspended};
    written(db, async |tx| {
        tx.insert_status_list(&list(1, 64)).await?;
        tx.mark_status(&[entry(0, Invalid, 50), entry(1, Suspended, 50), entry(2, Suspended, 50)]).await?;
        tx.mark_status(&[entry(0, Suspended, 40), entry(1, Invalid, 60), entry(3, Suspended, 70)]).await
    })
    .await;
    assert_eq!(text(db, 0).await, [(0, Invalid), (1, Invalid), (2, Suspended), (3, Suspended)]);
    assert_eq!(text(db, 49).await.len(), 4, "the later end is kept");
    assert_eq!(text(db, 50).await, [(1, Invalid), (3, Suspended)]);
    assert_eq!(text(db, 60).await, [(3, Suspended)]);

    written(db, async |tx| tx.clear_status(&[place(1), place(2), place(3), place(4)]).await).await;
    assert_eq!(text(db, 0).await, [(0, Invalid), (1, Invalid)]);
    let swept = {
        let mut tx = db.begin().await.unwrap();
        let swept = tx.forget_statuses(at(51)).await.unwrap();
        tx.commit().await.unwrap();
        swept
    };
    assert_eq!((swept, text(db, 0).await), (1, vec![(1, Invalid)]));
});

contract!(devices_and_licenses_are_listed_until_their_last_token_or_hold_ends, async |db| {
    let license = a_license(db, 3).await;
    devices(db, &license, 3).await;
    // Device 11 has released its seat but still has a token; device 12 has neither.
    db.execute("UPDATE activations SET hold_until = activated_at WHERE fingerprint = 'device 11'").await;
    db.execute(
        "UPDATE activations SET hold_until = activated_at, token_expires_at = activated_at \
         WHERE fingerprint = 'device 12'",
    )
    .await;
    written(db, async |tx| tx.mark_activation(id(10), TokenStatus::Suspended, at(1)).await).await;
    assert_eq!(text(db, 0).await, [(0, TokenStatus::Suspended)]);

    written(db, async |tx| tx.mark_license(license.id, TokenStatus::Invalid, at(1)).await).await;
    let both = [(0, TokenStatus::Invalid), (1, TokenStatus::Invalid)];
    assert_eq!(text(db, 7_999_999).await, both);
    assert_eq!(text(db, 8_000_000).await, [(0, TokenStatus::Invalid)], "its token has ended");
    assert_eq!(text(db, 10_000_000).await, [], "its hold, which outlasts all its tokens, has ended too");
});

contract!(devices_of_an_inactive_license_are_listed_while_they_may_have_a_token, async |db| {
    let first = a_license(db, 3).await;
    let other = license(4, &read!(db, policy(first.policy_id)).unwrap());
    written(db, async |tx| tx.insert_license(&other).await).await;
    devices(db, &first, 2).await;
    assert_eq!(text(db, 0).await, []);
    for (state, status) in [(State::Suspended, TokenStatus::Suspended), (State::Revoked, TokenStatus::Invalid)] {
        written(db, async |tx| tx.update_license(&License { state, ..first.clone() }).await).await;
        assert_eq!(text(db, 0).await, [(0, status), (1, status)]);
        assert_eq!(text(db, 10_000_000).await, []);
        assert!(read!(db, statuses(id(2), at(0))).is_empty(), "another list has no entries");
    }
    written(db, async |tx| tx.update_license(&first).await).await;
    assert_eq!(text(db, 0).await, []);
});
