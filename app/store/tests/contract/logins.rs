use store::{Error, Unique, logins::Login};
use testing::contract;

use crate::given::{ODD, account, at, hash, last, read, written};

fn login(expires_at: i64) -> Login {
    Login { account_id: None, data: "{}".to_owned(), expires_at: at(expires_at) }
}

contract!(a_login_comes_back_as_it_was_written_and_saved, async |db| {
    let account = account(1);
    let odd = Login { account_id: Some(account.id), data: ODD.repeat(100), expires_at: last() };
    written(db, async |tx| {
        tx.insert_account(&account).await?;
        tx.insert_login(&hash(1), &odd, at(0)).await?;
        tx.insert_login(&hash(2), &login(10), at(0)).await
    })
    .await;
    assert_eq!(read!(db, login(&hash(1), at(0))), Some(odd.clone()));
    assert_eq!(read!(db, login(&hash(2), at(0))), Some(login(10)));
    assert_eq!(read!(db, login(&hash(3), at(0))), None);
    written(db, async |tx| {
        assert!(tx.update_login(&hash(1), &login(20)).await?);
        assert!(tx.update_login(&hash(2), &odd).await?);
        Ok(())
    })
    .await;
    assert_eq!(read!(db, login(&hash(1), at(0))), Some(login(20)));
    assert_eq!(read!(db, login(&hash(2), at(0))), Some(odd));
});

contract!(a_login_is_gone_at_the_moment_it_expires, async |db| {
    written(db, async |tx| tx.insert_login(&hash(1), &login(10), at(0)).await).await;
    assert!(read!(db, login(&hash(1), at(9))).is_some());
    assert!(read!(db, login(&hash(1), at(10))).is_none());
});

contract!(a_login_that_was_ended_is_not_brought_back_by_saving_it, async |db| {
    written(db, async |tx| tx.insert_login(&hash(1), &login(10), at(0)).await).await;
    written(db, async |tx| tx.delete_login(&hash(1)).await).await;
    written(db, async |tx| {
        assert!(!tx.update_login(&hash(1), &login(20)).await?);
        Ok(())
    })
    .await;
    assert_eq!(read!(db, login(&hash(1), at(0))), None);
});

contract!(the_id_of_a_login_is_taken_once, async |db| {
    written(db, async |tx| tx.insert_login(&hash(1), &login(10), at(0)).await).await;
    let again = db.begin().await.unwrap().insert_login(&hash(1), &login(20), at(0)).await;
    assert!(matches!(again, Err(Error::Conflict(Unique::Id))), "{again:?}");
    assert_eq!(read!(db, login(&hash(1), at(0))), Some(login(10)));
});

contract!(ending_and_clearing_away_logins_leaves_the_others, async |db| {
    written(db, async |tx| {
        for n in 1..=5 {
            tx.insert_login(&hash(n), &login(i64::try_from(n).unwrap() * 10), at(0)).await?;
        }
        tx.delete_login(&hash(1)).await?;
        assert_eq!(tx.delete_expired_logins(at(30)).await?, 2, "the second, and the third at its very end");
        assert_eq!(tx.delete_expired_logins(at(30)).await?, 0);
        Ok(())
    })
    .await;
    for (n, kept) in [(1, false), (2, false), (3, false), (4, true), (5, true)] {
        assert_eq!(read!(db, login(&hash(n), at(0))).is_some(), kept, "{n}");
    }
});
