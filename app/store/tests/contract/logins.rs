use licensing::Role;
use store::{Error, Unique, logins::Login};
use testing::contract;

use crate::given::{ODD, account, at, hash, id, last, read, written};

fn login(expires_at: i64) -> Login {
    let (data, expires_at) = ("{}".to_owned(), at(expires_at));
    Login { account_id: None, upstream_session: None, data, expires_at, seen_at: None, address: None, agent: None }
}

/// The public id under which a login is listed.
fn listed(n: u128) -> (uuid::Uuid, Option<Role>) {
    (id(n), Some(Role::Owner))
}

contract!(a_login_reads_back_as_written_and_saved, async |db| {
    let account = account(1);
    let odd = Login {
        account_id: Some(account.id),
        upstream_session: Some(id(7)),
        data: ODD.repeat(100),
        expires_at: last(),
        seen_at: Some(at(5)),
        address: Some("2001:db8::1".to_owned()),
        agent: Some(ODD.to_owned()),
    };
    written(db, async |tx| {
        tx.insert_account(&account).await?;
        tx.insert_login(&hash(1), &odd, listed(1), at(0)).await?;
        tx.insert_login(&hash(2), &login(10), listed(2), at(0)).await
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

contract!(a_login_is_gone_when_it_expires, async |db| {
    written(db, async |tx| tx.insert_login(&hash(1), &login(10), listed(1), at(0)).await).await;
    assert!(read!(db, login(&hash(1), at(9))).is_some());
    assert!(read!(db, login(&hash(1), at(10))).is_none());
});

contract!(saving_an_ended_login_does_not_restore_it, async |db| {
    written(db, async |tx| tx.insert_login(&hash(1), &login(10), listed(1), at(0)).await).await;
    written(db, async |tx| tx.delete_login(&hash(1)).await.map(drop)).await;
    written(db, async |tx| {
        assert!(!tx.update_login(&hash(1), &login(20)).await?);
        Ok(())
    })
    .await;
    assert_eq!(read!(db, login(&hash(1), at(0))), None);
});

contract!(the_id_of_a_login_is_unique, async |db| {
    written(db, async |tx| tx.insert_login(&hash(1), &login(10), listed(1), at(0)).await).await;
    let again = db.begin().await.unwrap().insert_login(&hash(1), &login(20), listed(1), at(0)).await;
    assert!(matches!(again, Err(Error::Conflict(Unique::Id))), "{again:?}");
    assert_eq!(read!(db, login(&hash(1), at(0))), Some(login(10)));
});

contract!(ending_and_sweeping_logins_leaves_the_others, async |db| {
    written(db, async |tx| {
        for n in 1..=5 {
            tx.insert_login(&hash(n), &login(i64::try_from(n).unwrap() * 10), listed(n), at(0)).await?;
        }
        tx.delete_login(&hash(1)).await?;
        assert_eq!(tx.delete_expired_logins(at(30)).await?, 2, "the second, and the third, which expires at that time");
        assert_eq!(tx.delete_expired_logins(at(30)).await?, 0);
        Ok(())
    })
    .await;
    for (n, kept) in [(1, false), (2, false), (3, false), (4, true), (5, true)] {
        assert_eq!(read!(db, login(&hash(n), at(0))).is_some(), kept, "{n}");
    }
});

contract!(a_renewed_login_is_found_by_its_new_secret_and_ended_by_either, async |db| {
    let owner = account(1);
    let mine = Login { account_id: Some(owner.id), ..login(10) };
    written(db, async |tx| {
        tx.insert_account(&owner).await?;
        tx.insert_login(&hash(1), &mine, listed(1), at(0)).await?;
        assert!(tx.renew_login(&hash(1), &hash(2)).await?);
        assert!(!tx.renew_login(&hash(1), &hash(3)).await?, "the old secret renews nothing");
        assert!(!tx.update_login(&hash(1), &login(20)).await?, "the old secret saves nothing");
        Ok(())
    })
    .await;
    assert_eq!(read!(db, login(&hash(1), at(0))), None);
    assert_eq!(read!(db, login(&hash(2), at(0))), Some(mine));
    assert_eq!(read!(db, login_id(&hash(2))), Some(id(1)), "a renewed login keeps its id");
    written(db, async |tx| {
        assert_eq!(tx.delete_login(&hash(1)).await?, Some(owner.id));
        assert_eq!(tx.delete_login(&hash(2)).await?, None, "already deleted");
        Ok(())
    })
    .await;
    assert_eq!(read!(db, login(&hash(2), at(0))), None, "a sign-out with the old secret ends the renewed login");
});

contract!(a_login_is_outdated_when_the_role_of_its_account_has_changed, async |db| {
    let owner = account(1);
    let mine = Login { account_id: Some(owner.id), ..login(10) };
    written(db, async |tx| {
        tx.insert_account(&owner).await?;
        tx.insert_login(&hash(1), &mine, (id(1), Some(owner.role)), at(0)).await
    })
    .await;
    assert!(!read!(db, login_is_outgrown(&hash(1))));
    written(db, async |tx| tx.set_role(owner.id, Role::Viewer).await).await;
    assert!(read!(db, login_is_outgrown(&hash(1))));
    assert!(!read!(db, login_is_outgrown(&hash(9))), "no such login");
    written(db, async |tx| tx.renew_login(&hash(1), &hash(2)).await.map(drop)).await;
    assert!(!read!(db, login_is_outgrown(&hash(2))));
});

contract!(logins_are_listed_for_one_account_or_all_and_all_but_one_can_be_ended, async |db| {
    let (one, two) = (account(1), account(2));
    let of =
        |of: &store::accounts::Account, seen| Login { account_id: Some(of.id), seen_at: Some(at(seen)), ..login(50) };
    written(db, async |tx| {
        tx.insert_account(&one).await?;
        tx.insert_account(&two).await?;
        tx.insert_login(&hash(1), &of(&one, 1), listed(1), at(0)).await?;
        tx.insert_login(&hash(2), &of(&one, 3), listed(2), at(0)).await?;
        tx.insert_login(&hash(3), &of(&two, 2), listed(3), at(0)).await
    })
    .await;
    let ids = |rows: Vec<store::logins::LoginRow>| rows.into_iter().filter_map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(read!(db, logins(None, at(0), 10))), [id(2), id(3), id(1)]);
    assert_eq!(ids(read!(db, logins(Some(one.id), at(0), 10))), [id(2), id(1)]);
    assert!(read!(db, logins(None, at(50), 10)).is_empty(), "all have expired");
    written(db, async |tx| {
        assert_eq!(tx.delete_logins_of(one.id, Some(id(1))).await?, 1);
        assert_eq!(tx.delete_login_of_id(id(3)).await?, Some(two.id));
        assert_eq!(tx.delete_login_of_id(id(3)).await?, None);
        Ok(())
    })
    .await;
    assert_eq!(ids(read!(db, logins(None, at(0), 10))), [id(1)]);
});
