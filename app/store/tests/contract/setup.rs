use store::setup::SetupLink;
use testing::contract;

use crate::given::{at, hash, read, written};

contract!(a_setup_link_reports_its_state, async |db| {
    let token = hash(1);
    assert_eq!(read!(db, setup_link(&token)), None);
    written(db, async |tx| tx.replace_setup_link(&token, at(0), at(10)).await).await;
    assert_eq!(read!(db, setup_link(&token)), Some(SetupLink { expires_at: at(10), used_at: None }));
    written(db, async |tx| tx.use_setup_link(&token, at(5)).await.map(drop)).await;
    assert_eq!(read!(db, setup_link(&token)), Some(SetupLink { expires_at: at(10), used_at: Some(at(5)) }));
});

contract!(a_setup_link_works_once_and_only_before_it_expires, async |db| {
    let token = hash(1);
    written(db, async |tx| {
        tx.replace_setup_link(&token, at(0), at(10)).await?;
        assert!(!tx.use_setup_link(&hash(2), at(5)).await?, "no such link");
        assert!(!tx.use_setup_link(&token, at(10)).await?, "it has just expired");
        assert!(tx.use_setup_link(&token, at(9)).await?, "the last moment");
        assert!(!tx.use_setup_link(&token, at(9)).await?, "already used");
        Ok(())
    })
    .await;
});

contract!(a_new_setup_link_ends_earlier_ones_but_keeps_the_used_one, async |db| {
    let (used, unused, new) = (hash(1), hash(2), hash(3));
    written(db, async |tx| {
        tx.replace_setup_link(&used, at(0), at(10)).await?;
        tx.use_setup_link(&used, at(1)).await?;
        tx.replace_setup_link(&unused, at(2), at(12)).await?;
        tx.replace_setup_link(&new, at(3), at(13)).await
    })
    .await;
    assert_eq!(read!(db, setup_link(&used)).map(|link| link.used_at), Some(Some(at(1))));
    assert_eq!(read!(db, setup_link(&unused)), None);
    assert_eq!(read!(db, setup_link(&new)), Some(SetupLink { expires_at: at(13), used_at: None }));
});

contract!(only_one_of_two_concurrent_uses_of_a_setup_link_succeeds, async |db| {
    for round in 0..8 {
        let token = hash(round);
        written(db, async |tx| tx.replace_setup_link(&token, at(0), at(10)).await).await;
        let tries = [1, 2].map(|_| {
            let db = (**db).clone();
            tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let used = tx.use_setup_link(&token, at(1)).await.unwrap();
                tx.commit().await.unwrap();
                used
            })
        });
        let [first, second] = tries;
        assert!(first.await.unwrap() ^ second.await.unwrap());
    }
});
