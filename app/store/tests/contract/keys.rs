use licensing::product::Algorithm;
use serde_json::json;
use store::{Error, Store, Unique, keys::KeyRow};
use testing::contract;
use uuid::Uuid;

use crate::given::{ODD, a_license, activation, at, last, product, read, written};

fn key(kid: &str, created_at: i64) -> KeyRow {
    KeyRow {
        kid: kid.to_owned(),
        algorithm: Algorithm::ES256,
        product_id: None,
        product_code: None,
        public_jwk: json!({"kty": "EC"}),
        sealed: vec![],
        created_at: at(created_at),
        signs_from: at(created_at),
        tokens_until: at(created_at),
        retired_at: None,
        revoked_at: None,
        revoked_because: None,
    }
}

/// The signing key with this `kid`.
async fn found(db: &Store, kid: &str) -> KeyRow {
    read!(db, signing_keys()).into_iter().find(|key| key.kid == kid).unwrap()
}

contract!(signing_keys_read_back_as_written_oldest_first, async |db| {
    let product = product(7);
    let odd = KeyRow {
        algorithm: Algorithm::RS256,
        product_id: Some(product.id),
        product_code: Some(product.code.clone()),
        public_jwk: json!({"n": ODD, "x5c": [], "none": null}),
        sealed: (0..=255).cycle().take(2_000).collect(),
        signs_from: at(5),
        tokens_until: last(),
        retired_at: Some(last()),
        revoked_at: Some(at(6)),
        revoked_because: Some(ODD.to_owned()),
        ..key("c", 0)
    };
    let keys = [odd, KeyRow { algorithm: Algorithm::EdDSA, ..key("a", 1) }, key("b", 1)];
    written(db, async |tx| {
        tx.insert_product(&product).await?;
        for key in keys.iter().rev() {
            tx.insert_signing_key(key).await?;
        }
        Ok(())
    })
    .await;
    assert_eq!(read!(db, signing_keys()), keys);
});

contract!(an_update_changes_when_a_key_signs_and_nothing_else, async |db| {
    let new = KeyRow {
        signs_from: at(9),
        retired_at: Some(at(10)),
        revoked_at: Some(at(11)),
        revoked_because: Some(ODD.to_owned()),
        ..key("a", 0)
    };
    written(db, async |tx| {
        tx.insert_signing_key(&key("a", 0)).await?;
        tx.insert_signing_key(&key("b", 1)).await?;
        tx.update_signing_key(&KeyRow { sealed: vec![1], created_at: at(99), ..new.clone() }).await
    })
    .await;
    assert_eq!(read!(db, signing_keys()), [new, key("b", 1)]);
});

contract!(the_end_of_the_tokens_of_a_key_never_moves_back, async |db| {
    written(db, async |tx| tx.insert_signing_key(&key("a", 0)).await).await;
    for (until, expected) in [(50, 50), (40, 50), (60, 60)] {
        written(db, async |tx| tx.extend_signing_key("a", at(until)).await).await;
        assert_eq!(found(db, "a").await.tokens_until, at(expected));
    }
});

contract!(a_key_that_already_signs_is_not_postponed, async |db| {
    written(db, async |tx| tx.insert_signing_key(&KeyRow { signs_from: at(50), ..key("a", 0) }).await).await;
    for (now, until, expected) in [(10, 70, 70), (10, 60, 70), (70, 90, 70), (69, 90, 90)] {
        written(db, async |tx| tx.postpone_signing_key("a", at(until), at(now)).await).await;
        assert_eq!(found(db, "a").await.signs_from, at(expected), "at {now} until {until}");
    }
});

contract!(devices_with_a_valid_token_are_counted_by_key, async |db| {
    let license = a_license(db, 3).await;
    let devices = [10, 11, 12, 13].map(|n| activation(n, license.id));
    written(db, async |tx| tx.upsert_activations(&devices.each_ref()).await).await;
    db.execute("UPDATE activations SET kid = 'a' WHERE fingerprint <> 'device 13'").await;
    db.execute("UPDATE activations SET kid = 'b' WHERE fingerprint = 'device 12'").await;
    let all = (Uuid::nil(), Uuid::max());
    let live = async |part, now| {
        let mut live = read!(db, live_tokens(part, at(now)));
        live.sort_by(|one, two| one.kid.cmp(&two.kid));
        live.into_iter().map(|one| (one.kid, one.devices)).collect::<Vec<_>>()
    };
    assert_eq!(live(all, 7_999_999).await, [("a".to_owned(), 2), ("b".to_owned(), 1)]);
    assert_eq!(live(all, 8_000_000).await, []);
    assert_eq!(live((license.id, Uuid::max()), 0).await, [], "after the license");
    assert_eq!(live((Uuid::nil(), license.id), 0).await.len(), 2, "up to the license");
});

contract!(a_key_is_inserted_once, async |db| {
    written(db, async |tx| tx.insert_signing_key(&key("a", 0)).await).await;
    let again = db.begin().await.unwrap().insert_signing_key(&key("a", 1)).await;
    assert!(matches!(again, Err(Error::Conflict(Unique::Id))), "{again:?}");
});

contract!(of_two_instances_that_make_the_first_key_one_succeeds, async |db| {
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
