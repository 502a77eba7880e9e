use serde_json::json;
use store::api_tokens::ApiToken;
use testing::contract;

use crate::given::{ODD, at, hash, id, last, read, written};

fn token(n: u128) -> ApiToken {
    ApiToken {
        id: id(n),
        name: ODD.to_owned(),
        secret_hash: hash(n).to_vec(),
        former_hash: None,
        former_until: None,
        scopes: json!(["see"]),
        products: json!([]),
        networks: json!(["10.0.0.0/8"]),
        created_by: "Ingrid".to_owned(),
        created_at: at(0),
        expires_at: last(),
        rotated_at: None,
        last_used_at: None,
        revoked_at: None,
        revision: 1,
    }
}

contract!(a_token_reads_back_as_written, async |db| {
    let (one, two) = (token(1), token(2));
    written(db, async |tx| {
        tx.insert_api_token(&one).await?;
        tx.insert_api_token(&two).await?;
        tx.note_api_token_used(two.id, at(4)).await
    })
    .await;
    assert_eq!(read!(db, api_token(one.id)), Some(one.clone()));
    assert_eq!(read!(db, api_token(id(3))), None);
    assert_eq!(read!(db, api_tokens()), [ApiToken { last_used_at: Some(at(4)), ..two }, one]);
});

contract!(a_token_is_rotated_with_its_current_secret_and_revoked_once, async |db| {
    let one = token(1);
    written(db, async |tx| {
        tx.insert_api_token(&one).await?;
        assert!(tx.rotate_api_token(one.id, (&hash(1), &hash(2)), at(9), at(1)).await?);
        assert!(
            !tx.rotate_api_token(one.id, (&hash(1), &hash(3)), at(9), at(1)).await?,
            "the secret has changed in the meantime"
        );
        Ok(())
    })
    .await;
    let rotated = ApiToken {
        secret_hash: hash(2).to_vec(),
        former_hash: Some(hash(1).to_vec()),
        former_until: Some(at(9)),
        rotated_at: Some(at(1)),
        revision: 2,
        ..one.clone()
    };
    assert_eq!(read!(db, api_token(one.id)), Some(rotated));
    written(db, async |tx| {
        assert!(tx.revoke_api_token(one.id, at(2)).await?);
        assert!(!tx.revoke_api_token(one.id, at(3)).await?);
        assert!(
            !tx.rotate_api_token(one.id, (&hash(2), &hash(3)), at(9), at(1)).await?,
            "a revoked token cannot be rotated"
        );
        Ok(())
    })
    .await;
    assert_eq!(read!(db, api_token(one.id)).unwrap().revoked_at, Some(at(2)));
});
