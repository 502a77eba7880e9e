use licensing::Role;
use store::{Error, Unique, accounts::Account};
use testing::contract;

use crate::given::{ODD, account, at, id, last, read, written};

fn same(found: Option<Account>, wanted: &Account) {
    assert_eq!(format!("{:?}", found.unwrap()), format!("{wanted:?}"));
}

contract!(an_account_comes_back_as_it_was_written, async |db| {
    let odd = Account {
        name: ODD.to_owned(),
        email: "zoë+%_@example.com".to_owned(),
        role: Role::Viewer,
        password_hash: Some("$argon2id$v=19$…".to_owned()),
        failures: i64::MAX,
        failed_at: Some(at(1)),
        disabled_at: Some(last()),
        created_at: at(2),
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
    assert!(read!(db, account_by_email("Person2@example.com")).is_none(), "the caller brings it in lower case");
});

contract!(every_role_comes_back, async |db| {
    for (n, role) in [Role::Viewer, Role::Support, Role::Admin, Role::Owner].into_iter().enumerate() {
        let account = Account { role, ..account(n as u128) };
        written(db, async |tx| tx.insert_account(&account).await).await;
        assert_eq!(read!(db, account(account.id)).unwrap().role, role);
    }
});

contract!(an_address_is_taken_once, async |db| {
    let first = account(1);
    written(db, async |tx| tx.insert_account(&first).await).await;
    let same_address = Account { email: first.email.clone(), ..account(2) };
    let same_id = Account { id: first.id, ..account(3) };
    for (again, what) in [(same_address, Unique::AccountEmail), (same_id, Unique::Id)] {
        let refused = db.begin().await.unwrap().insert_account(&again).await;
        assert!(matches!(refused, Err(Error::Conflict(unique)) if unique == what), "{refused:?}");
    }
});

contract!(the_server_has_an_owner_from_the_first_account_of_that_role, async |db| {
    assert!(!read!(db, has_owner()));
    written(db, async |tx| tx.insert_account(&Account { role: Role::Admin, ..account(1) }).await).await;
    assert!(!read!(db, has_owner()));
    written(db, async |tx| tx.insert_account(&account(2)).await).await;
    assert!(read!(db, has_owner()));
});

contract!(failures_to_sign_in_are_counted_and_forgotten_for_one_account_alone, async |db| {
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

contract!(a_password_is_replaced_for_one_account_alone, async |db| {
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
