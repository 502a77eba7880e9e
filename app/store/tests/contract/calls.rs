use chrono::{DateTime, Utc};
use serde_json::json;
use store::{Error, kept_calls::KeptCall, tickets::UsedTicket};
use testing::contract;

use crate::given::{ODD, at, hash, id, read, written};

fn call(n: u128, kept_until: DateTime<Utc>) -> KeptCall {
    KeptCall {
        key_hash: hash(n).to_vec(),
        body_hash: hash(n + 1000).to_vec(),
        outcome: json!({ "n": n, "odd": ODD, "nothing": null, "list": [1, 2.5] }),
        kept_until,
    }
}

contract!(calls_are_kept_unchanged_until_they_expire, async |db| {
    let calls: Vec<KeptCall> = (0..5).map(|n| call(n, at(10))).collect();
    written(db, async |tx| tx.keep_calls(&calls, at(0)).await).await;
    let keys: Vec<_> = (0..6).map(hash).collect();
    let mut found = read!(db, kept_calls(&keys, at(9)));
    found.sort_by_key(|call| call.key_hash.clone());
    let mut expected = calls;
    expected.sort_by_key(|call| call.key_hash.clone());
    assert_eq!(found, expected);
    assert_eq!(read!(db, kept_calls(&keys, at(10))), []);
    assert_eq!(read!(db, kept_calls(&[], at(0))), []);
});

contract!(a_key_is_kept_once_and_again_only_after_it_expires, async |db| {
    written(db, async |tx| tx.keep_calls(&[call(1, at(10))], at(0)).await).await;
    let again = KeptCall { outcome: json!("again"), kept_until: at(20), ..call(1, at(20)) };
    for now in [at(0), at(9)] {
        let mut tx = db.begin().await.unwrap();
        let result = tx.keep_calls(&[call(2, at(20)), again.clone()], now).await;
        assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
    }
    assert_eq!(read!(db, kept_calls(&[hash(1), hash(2)], at(9))), [call(1, at(10))], "the whole batch was rolled back");
    written(db, async |tx| tx.keep_calls(std::slice::from_ref(&again), at(10)).await).await;
    assert_eq!(read!(db, kept_calls(&[hash(1)], at(19))), [again]);
});

contract!(expired_calls_are_deleted, async |db| {
    written(db, async |tx| {
        tx.keep_calls(&[call(1, at(10)), call(2, at(11))], at(0)).await?;
        assert_eq!(tx.forget_calls(at(10)).await?, 1);
        tx.keep_calls(&[call(1, at(20))], at(0)).await
    })
    .await;
    assert_eq!(read!(db, kept_calls(&[hash(1), hash(2)], at(0))).len(), 2);
});

contract!(a_ticket_is_used_once_until_it_is_deleted, async |db| {
    let ticket = UsedTicket { id: id(1), license_id: id(2), used_at: at(0), expires_at: at(10) };
    written(db, async |tx| {
        assert!(tx.use_ticket(&ticket).await?);
        assert!(!tx.use_ticket(&UsedTicket { license_id: id(3), ..ticket }).await?);
        assert!(tx.use_ticket(&UsedTicket { id: id(4), ..ticket }).await?);
        assert_eq!(tx.forget_tickets(at(10)).await?, 0);
        assert!(!tx.use_ticket(&ticket).await?);
        assert_eq!(tx.forget_tickets(at(11)).await?, 2);
        Ok(())
    })
    .await;
});
