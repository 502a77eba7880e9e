use licensing::Role;
use store::{
    Error, Unique, accounts::Account, identities::Identity, logins::Login, upstream_sessions::UpstreamSession,
};
use testing::contract;

use crate::given::{ODD, account, at, hash, id, read, written};

fn identity(subject: &str, account: &Account) -> Identity {
    Identity {
        issuer: "https://id.example.com".to_owned(),
        subject: subject.to_owned(),
        account_id: account.id,
        email: Some(ODD.to_owned()),
        created_at: at(1),
        last_at: at(2),
    }
}

fn upstream_session(n: u128, sid: &str, account: &Account) -> UpstreamSession {
    UpstreamSession {
        id: id(n),
        account_id: account.id,
        provider: "acme".to_owned(),
        issuer: "https://id.example.com".to_owned(),
        subject: "42".to_owned(),
        sid: Some(sid.to_owned()),
        sealed: vec![0, 1, 255],
        signed_in_at: at(3),
        checked_at: at(4),
        ended_at: None,
    }
}

fn login(account: &Account, upstream_session: u128) -> Login {
    let (data, expires_at) = ("{}".to_owned(), at(1000));
    let (account_id, upstream_session) = (Some(account.id), Some(id(upstream_session)));
    Login { account_id, upstream_session, data, expires_at, seen_at: None, address: None, agent: None }
}

contract!(an_identity_is_an_issuer_and_a_subject_and_belongs_to_one_account, async |db| {
    let (first, second) = (account(1), account(2));
    written(db, async |tx| {
        tx.insert_account(&first).await?;
        tx.insert_account(&second).await?;
        tx.insert_identity(&identity("42", &first)).await?;
        tx.insert_identity(&identity("43", &first)).await
    })
    .await;
    assert_eq!(read!(db, identity("https://id.example.com", "42")), Some(identity("42", &first)));
    assert_eq!(read!(db, identity("https://id.example.com/", "42")), None);
    assert_eq!(read!(db, identities_of(first.id)), [identity("42", &first), identity("43", &first)]);
    let again = db.begin().await.unwrap().insert_identity(&identity("42", &second)).await;
    assert!(matches!(again, Err(Error::Conflict(Unique::Id))), "{again:?}");
    written(db, async |tx| tx.note_identity("https://id.example.com", "42", None, at(9)).await).await;
    let noted = Identity { email: None, last_at: at(9), ..identity("42", &first) };
    assert_eq!(read!(db, identity("https://id.example.com", "42")), Some(noted));
});

contract!(an_identity_is_removed_only_from_its_own_account, async |db| {
    let (first, second) = (account(1), account(2));
    let issuer = "https://id.example.com";
    written(db, async |tx| {
        tx.insert_account(&first).await?;
        tx.insert_account(&second).await?;
        tx.insert_identity(&identity("42", &first)).await?;
        tx.insert_identity(&identity("43", &first)).await?;
        assert!(!tx.delete_identity(second.id, issuer, "42").await?, "it belongs to another account");
        assert!(!tx.delete_identity(first.id, "https://other.example", "42").await?);
        assert!(tx.delete_identity(first.id, issuer, "42").await?);
        assert!(!tx.delete_identity(first.id, issuer, "42").await?);
        Ok(())
    })
    .await;
    assert_eq!(read!(db, identities_of(first.id)), [identity("43", &first)]);
});

contract!(identities_of_owners_are_only_those_of_owners_who_may_sign_in, async |db| {
    let owner = Account { role: Role::Owner, ..account(1) };
    let disabled = Account { role: Role::Owner, disabled_at: Some(at(1)), ..account(2) };
    let admin = Account { role: Role::Admin, ..account(3) };
    written(db, async |tx| {
        for (n, person) in [&owner, &disabled, &admin].into_iter().enumerate() {
            tx.insert_account(person).await?;
            tx.insert_identity(&identity(&format!("a{n}"), person)).await?;
            tx.insert_identity(&identity(&format!("b{n}"), person)).await?;
        }
        Ok(())
    })
    .await;
    assert_eq!(read!(db, identities_of_owners()), [(owner.id, "https://id.example.com".to_owned())]);
});

contract!(a_mapped_role_is_stored_and_sets_the_role_of_the_account, async |db| {
    let owner = Account { role: Role::Owner, ..account(1) };
    let other = Account { role: Role::Owner, disabled_at: Some(at(1)), ..account(2) };
    written(db, async |tx| {
        tx.lock_accounts().await?;
        tx.insert_account(&owner).await?;
        tx.insert_account(&other).await
    })
    .await;
    assert_eq!(read!(db, mapped_role(owner.id)), None);
    assert!(!read!(db, has_other_owner(owner.id)), "a disabled owner does not count");
    assert!(read!(db, has_other_owner(other.id)));
    written(db, async |tx| tx.map_role(owner.id, Role::Support).await).await;
    assert_eq!(read!(db, mapped_role(owner.id)), Some(Role::Support));
    assert_eq!(read!(db, account(owner.id)).unwrap().role, Role::Support);
    assert!(!read!(db, has_other_owner(other.id)));
});

contract!(an_authorization_attempt_becomes_one_upstream_session_checked_by_one_request, async |db| {
    let account = account(1);
    written(db, async |tx| {
        tx.insert_account(&account).await?;
        tx.insert_upstream_session(&upstream_session(7, "a", &account)).await
    })
    .await;
    assert_eq!(read!(db, upstream_session(id(7))), Some(upstream_session(7, "a", &account)));
    let again = db.begin().await.unwrap().insert_upstream_session(&upstream_session(7, "b", &account)).await;
    assert!(matches!(again, Err(Error::Conflict(Unique::Id))), "{again:?}");
    written(db, async |tx| {
        assert!(tx.claim_check(id(7), at(4), at(20)).await?);
        assert!(!tx.claim_check(id(7), at(4), at(20)).await?, "another request is checking it");
        tx.put_sealed_tokens(id(7), &[9]).await
    })
    .await;
    let checked = UpstreamSession { checked_at: at(20), sealed: vec![9], ..upstream_session(7, "a", &account) };
    assert_eq!(read!(db, upstream_session(id(7))), Some(checked.clone()));
    written(db, async |tx| {
        tx.note_check(id(8), at(30)).await?;
        tx.note_check(id(7), at(25)).await
    })
    .await;
    assert_eq!(read!(db, upstream_session(id(7))), Some(UpstreamSession { checked_at: at(25), ..checked }));
    written(db, async |tx| {
        tx.end_upstream_session(id(7), at(26)).await?;
        tx.note_check(id(7), at(30)).await
    })
    .await;
    assert_eq!(read!(db, upstream_session(id(7))).unwrap().checked_at, at(25), "an ended session does not change");
});

contract!(ending_upstream_sessions_ends_only_their_logins, async |db| {
    let account = account(1);
    written(db, async |tx| {
        tx.insert_account(&account).await?;
        for (n, sid) in [(1, "a"), (2, "a"), (3, "b"), (4, "c")] {
            tx.insert_upstream_session(&upstream_session(n, sid, &account)).await?;
            tx.insert_login(&hash(n), &login(&account, n), (id(n), None), at(0)).await?;
        }
        Ok(())
    })
    .await;
    let issuer = "https://id.example.com";
    written(db, async |tx| {
        assert_eq!(tx.end_upstream_sessions_of(issuer, None, None, at(9)).await?, 0);
        assert_eq!(tx.end_upstream_sessions_of("https://other.example", Some("42"), None, at(9)).await?, 0);
        assert_eq!(tx.end_upstream_sessions_of(issuer, Some("43"), Some("a"), at(9)).await?, 0);
        assert_eq!(tx.end_upstream_sessions_of(issuer, Some("42"), Some("a"), at(9)).await?, 2);
        assert_eq!(tx.end_upstream_session(id(3), at(10)).await?, 1);
        Ok(())
    })
    .await;
    for (n, ended) in [(1, Some(at(9))), (2, Some(at(9))), (3, Some(at(10))), (4, None)] {
        assert_eq!(read!(db, login(&hash(n), at(0))).is_none(), ended.is_some(), "{n}");
        assert_eq!(read!(db, upstream_session(id(n))).unwrap().ended_at, ended, "{n}");
    }
    written(db, async |tx| {
        assert_eq!(tx.end_logins_of(account.id, at(11)).await?, 1);
        assert!(!tx.claim_check(id(4), at(4), at(20)).await?, "an ended session is not checked");
        assert_eq!(tx.sweep_upstream_sessions(at(3), at(0)).await?, 0, "an attempt could still be repeated");
        assert_eq!(tx.sweep_upstream_sessions(at(4), at(0)).await?, 4);
        Ok(())
    })
    .await;
});

contract!(a_logout_token_is_used_once_and_deleted_when_too_old_to_be_accepted, async |db| {
    written(db, async |tx| {
        assert!(tx.use_logout_token("a", "1", at(10)).await?);
        assert!(!tx.use_logout_token("a", "1", at(10)).await?);
        assert!(tx.use_logout_token("b", "1", at(10)).await?);
        tx.sweep_upstream_sessions(at(0), at(10)).await?;
        assert!(!tx.use_logout_token("a", "1", at(10)).await?);
        tx.sweep_upstream_sessions(at(0), at(11)).await?;
        assert!(tx.use_logout_token("a", "1", at(10)).await?);
        Ok(())
    })
    .await;
});
