use licensing::product::Algorithm;
use serde_json::json;
use store::{Error, Unique, keys::KeyRow};
use testing::contract;

use crate::given::{ODD, at, last, read, written};

fn key(kid: &str, created_at: i64) -> KeyRow {
    KeyRow {
        kid: kid.to_owned(),
        algorithm: Algorithm::ES256,
        state: "active".to_owned(),
        public_jwk: json!({"kty": "EC"}),
        sealed: vec![],
        created_at: at(created_at),
        retired_at: None,
    }
}

contract!(signing_keys_come_back_as_they_were_written_oldest_first, async |db| {
    let odd = KeyRow {
        algorithm: Algorithm::RS256,
        state: "retired".to_owned(),
        public_jwk: json!({"n": ODD, "x5c": [], "none": null}),
        sealed: (0..=255).cycle().take(2_000).collect(),
        retired_at: Some(last()),
        ..key("c", 0)
    };
    let keys = [odd, KeyRow { algorithm: Algorithm::EdDSA, ..key("a", 1) }, key("b", 1)];
    written(db, async |tx| {
        for key in keys.iter().rev() {
            tx.insert_signing_key(key).await?;
        }
        Ok(())
    })
    .await;
    assert_eq!(format!("{:?}", read!(db, signing_keys())), format!("{keys:?}"));
});

contract!(a_key_is_written_once, async |db| {
    written(db, async |tx| tx.insert_signing_key(&key("a", 0)).await).await;
    let again = db.begin().await.unwrap().insert_signing_key(&key("a", 1)).await;
    assert!(matches!(again, Err(Error::Conflict(Unique::Id))), "{again:?}");
});

contract!(of_two_instances_that_make_the_first_key_one_does, async |db| {
    let tries = [1, 2].map(|n| {
        let db = (**db).clone();
        tokio::spawn(async move {
            let mut tx = db.begin().await.unwrap();
            tx.lock_signing_keys().await.unwrap();
            if tx.on().signing_keys().await.unwrap().is_empty() {
                tx.insert_signing_key(&key(&n.to_string(), n)).await.unwrap();
            }
            tx.commit().await.unwrap();
        })
    });
    for attempt in tries {
        attempt.await.unwrap();
    }
    assert_eq!(read!(db, signing_keys()).len(), 1);
});
