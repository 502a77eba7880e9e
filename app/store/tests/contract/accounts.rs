use licensing::Role;
use store::{
    Error, Unique,
    accounts::{Account, AccountLink, Invitation, LinkPurpose},
    logins::Login,
};
use testing::contract;

use crate::given::{ODD, account, at, hash, id, last, read, written};

fn same(found: Option<Account>, wanted: &Account) {
    assert_eq!(format!("{:?}", found.unwrap()), format!("{wanted:?}"));
}

contract!(an_account_reads_back_as_written, async |db| {
    let odd = Account {
        name: ODD.to_owned(),
        email: "zoë+%_@example.com".to_owned(),
        role: Role::Viewer,
        password_hash: Some("$argon2id$v=19$…".to_owned()),
        failures: i64::MAX,
        failed_at: Some(at(1)),
        disabled_at: Some(last()),
        created_at: at(2),
        revision: i64::MAX,
        ..account(1)
    };
    let bare = account(2);
    for account in [&odd, &bare] {
        written(db, async |tx| tx.insert_account(account).await).await;
        same(read!(db, account(account.id)), account);
        same(read!(db, account_by_email(&account.email)), account);
    }
    assert!(read!(db, account(id(3))).is_none());
    assert!(read!(db, account_by_email("person3@example.com")).is_none());
    assert!(read!(db, account_by_email("Person2@example.com")).is_none(), "the caller must pass it in lower case");
});

contract!(every_role_reads_back, async |db| {
    for (n, role) in [Role::Viewer, Role::Support, Role::Admin, Role::Owner].into_iter().enumerate() {
        let account = Account { role, ..account(n as u128) };
        written(db, async |tx| tx.insert_account(&account).await).await;
        assert_eq!(read!(db, account(account.id)).unwrap().role, role);
    }
});

contract!(an_email_address_is_unique, async |db| {
    let first = account(1);
    written(db, async |tx| tx.insert_account(&first).await).await;
    let same_address = Account { email: first.email.clone(), ..account(2) };
    let same_id = Account { id: first.id, ..account(3) };
    for (again, what) in [(same_address, Unique::AccountEmail), (same_id, Unique::Id)] {
        let refused = db.begin().await.unwrap().insert_account(&again).await;
        assert!(matches!(refused, Err(Error::Conflict(unique)) if unique == what), "{refused:?}");
    }
});

contract!(the_server_has_an_owner_once_an_account_has_that_role, async |db| {
    assert!(!read!(db, has_owner()));
    written(db, async |tx| tx.insert_account(&Account { role: Role::Admin, ..account(1) }).await).await;
    assert!(!read!(db, has_owner()));
    written(db, async |tx| tx.insert_account(&account(2)).await).await;
    assert!(read!(db, has_owner()));
});

contract!(failed_sign_ins_are_counted_and_cleared_for_one_account_only, async |db| {
    let (erring, other) = (account(1), account(2));
    written(db, async |tx| {
        tx.insert_account(&erring).await?;
        tx.insert_account(&other).await?;
        tx.count_sign_in_failure(erring.id, at(1)).await?;
        tx.count_sign_in_failure(erring.id, at(2)).await
    })
    .await;
    same(read!(db, account(erring.id)), &Account { failures: 2, failed_at: Some(at(2)), ..erring.clone() });
    same(read!(db, account(other.id)), &other);
    written(db, async |tx| tx.forget_sign_in_failures(erring.id).await).await;
    same(read!(db, account(erring.id)), &erring);
});

contract!(a_password_is_replaced_for_one_account_only, async |db| {
    let (mine, other) = (account(1), account(2));
    written(db, async |tx| {
        tx.insert_account(&mine).await?;
        tx.insert_account(&other).await?;
        tx.set_password_hash(mine.id, "$new").await
    })
    .await;
    same(read!(db, account(mine.id)), &Account { password_hash: Some("$new".to_owned()), ..mine.clone() });
    same(read!(db, account(other.id)), &other);
});

contract!(an_invitation_is_open_until_accepted_withdrawn_or_expired_and_accepted_once, async |db| {
    let invitation = |n: u128, email: &str| Invitation {
        id: id(n),
        email: email.to_owned(),
        role: Role::Support,
        invited_by: ODD.to_owned(),
        created_at: at(0),
        expires_at: at(10),
    };
    let (one, two) = (invitation(1, "one@example.com"), invitation(2, "two@example.com"));
    written(db, async |tx| {
        tx.insert_invitation(&one).await?;
        tx.insert_invitation(&two).await
    })
    .await;
    assert_eq!(read!(db, open_invitations(at(9))), [two.clone(), one.clone()]);
    assert_eq!(read!(db, open_invitations(at(10))), []);
    assert_eq!(read!(db, invitation_for("one@example.com", at(9))), Some(one.clone()));
    assert_eq!(read!(db, invitation_for("three@example.com", at(9))), None);
    written(db, async |tx| {
        assert!(!tx.accept_invitation(one.id, at(10)).await?, "expired");
        assert!(tx.accept_invitation(one.id, at(9)).await?);
        assert!(!tx.accept_invitation(one.id, at(9)).await?, "taken");
        assert_eq!(tx.withdraw_invitations("one@example.com", at(9)).await?, 0);
        assert_eq!(tx.withdraw_invitations("two@example.com", at(9)).await?, 1);
        assert!(!tx.accept_invitation(two.id, at(9)).await?, "withdrawn");
        Ok(())
    })
    .await;
    assert_eq!(read!(db, open_invitation(one.id, at(0))), None);
    assert_eq!(read!(db, open_invitations(at(0))), []);
});

contract!(a_link_is_used_once_before_it_expires_and_replaced_by_a_new_one, async |db| {
    let owner = account(1);
    let link = AccountLink {
        purpose: LinkPurpose::Recovery,
        account_id: Some(owner.id),
        invitation_id: None,
        created_at: at(0),
        expires_at: at(10),
        used_at: None,
    };
    written(db, async |tx| {
        tx.insert_account(&owner).await?;
        tx.replace_account_link(&hash(1), &link).await?;
        tx.replace_account_link(&hash(2), &link).await
    })
    .await;
    assert_eq!(read!(db, account_link(&hash(1))), None, "a new one replaced it");
    assert_eq!(read!(db, account_link(&hash(2))), Some(link.clone()));
    written(db, async |tx| {
        assert!(!tx.use_account_link(&hash(2), at(10)).await?, "expired");
        assert!(tx.use_account_link(&hash(2), at(9)).await?);
        assert!(!tx.use_account_link(&hash(2), at(9)).await?, "used");
        tx.replace_account_link(&hash(3), &link).await?;
        tx.forget_account_links(owner.id).await
    })
    .await;
    assert_eq!(
        read!(db, account_link(&hash(2))),
        Some(AccountLink { used_at: Some(at(9)), ..link }),
        "a used link stays on record"
    );
    assert_eq!(read!(db, account_link(&hash(3))), None);
});

contract!(server_settings_are_stored_by_name, async |db| {
    assert_eq!(read!(db, server_setting("one")), None);
    written(db, async |tx| {
        tx.put_server_setting("one", "on", at(0)).await?;
        tx.put_server_setting("two", ODD, at(0)).await?;
        tx.put_server_setting("one", "off", at(1)).await
    })
    .await;
    assert_eq!(read!(db, server_setting("one")).as_deref(), Some("off"));
    assert_eq!(read!(db, server_setting("two")).as_deref(), Some(ODD));
});

contract!(accounts_are_listed_by_name_with_their_logins, async |db| {
    let (ada, bo) = (Account { name: "ada".to_owned(), ..account(2) }, Account { name: "Bo".to_owned(), ..account(1) });
    let login = Login {
        account_id: Some(bo.id),
        upstream_session: None,
        data: "{}".to_owned(),
        expires_at: at(10),
        seen_at: Some(at(3)),
        address: None,
        agent: None,
    };
    written(db, async |tx| {
        tx.insert_account(&bo).await?;
        tx.insert_account(&ada).await?;
        tx.insert_login(&hash(1), &login, (id(7), None), at(0)).await
    })
    .await;
    let rows = read!(db, accounts(at(0)));
    let reported: Vec<_> = rows.iter().map(|row| (row.account.name.as_str(), row.logins, row.seen_at)).collect();
    assert_eq!(reported, [("ada", None, None), ("Bo", Some(1), Some(at(3)))]);
    assert_eq!(read!(db, accounts(at(10)))[1].logins, None, "an expired login does not count");
});

contract!(a_change_of_a_missing_row_is_an_error, async |db| {
    let mut tx = db.begin().await.unwrap();
    let changed = [
        ("accounts", tx.set_role(id(9), Role::Viewer).await),
        ("accounts", tx.count_sign_in_failure(id(9), at(0)).await),
        ("activations", tx.note_seat(id(9), at(0)).await),
        ("activations", tx.end_holds(&[(id(9), at(1))], at(0)).await),
        ("api_tokens", tx.note_api_token_used(id(9), at(0)).await),
    ];
    for (wanted, changed) in changed {
        let Err(error @ Error::NotOneRow { table, rows: 0, .. }) = changed else { panic!("{changed:?}") };
        assert_eq!((table, error.is_unavailable(), error.is_retryable()), (wanted, false, false));
    }
});
