use testing::contract;

use crate::given::{at, hash, read, written};

contract!(failed_sign_ins_are_counted_until_they_expire_and_cleared_one_key_at_a_time, async |db| {
    let (one, other) = (hash(1), hash(2));
    let counted = async |since| {
        let mut rows = read!(db, failed_sign_ins([&one, &other], at(since)));
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        rows.into_iter().map(|row| (row.key == one, row.failures, row.failed_at)).collect::<Vec<_>>()
    };
    assert_eq!(counted(0).await, []);
    written(db, async |tx| {
        tx.count_failed_sign_in(&one, at(1), at(0)).await?;
        tx.count_failed_sign_in(&one, at(2), at(0)).await?;
        tx.count_failed_sign_in(&other, at(3), at(0)).await?;
        tx.count_failed_sign_in(&hash(3), at(9), at(0)).await
    })
    .await;
    let mut expected = vec![(true, 2, at(2)), (false, 1, at(3))];
    if other < one {
        expected.reverse();
    }
    assert_eq!(counted(0).await, expected);
    assert_eq!(counted(2).await, [(false, 1, at(3))], "the older ones no longer count");

    written(db, async |tx| tx.count_failed_sign_in(&one, at(5), at(2)).await).await;
    assert!(counted(4).await.contains(&(true, 1, at(5))), "counting starts again after clearing");

    written(db, async |tx| tx.forget_failed_sign_ins(&one).await).await;
    assert_eq!(counted(0).await, [(false, 1, at(3))]);
    let mut tx = db.begin().await.unwrap();
    assert_eq!(tx.sweep_failed_sign_ins(at(3)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(counted(0).await, []);
});
