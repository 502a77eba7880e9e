//! Accounts: who has access, with which role, and who decides that.

use futures_util::future::join_all;
use licensing::Role;
use service::{AccountLink, Actor, Error, NewAccount, NewOwner, SignedIn, store::accounts::Account};
use testing::{Database, contract};

use crate::test_service::{TestService, assert_err, bad_fields, origin};

const GOOD: &str = "a kettle of blue fish";

/// Opens a service with an owner, who acts.
async fn owned(db: &Database) -> (TestService, Actor, SignedIn) {
    let fixture = TestService::open(db).await;
    let token = fixture.service.accounts().new_setup_link().await.unwrap().unwrap();
    let form = NewOwner {
        name: "Ingrid Lund".to_owned(),
        email: "ingrid@example.com".to_owned(),
        password: GOOD.to_owned(),
        provider_name: "Nordwind".to_owned(),
        provider_email: String::new(),
    };
    let owner = fixture.service.accounts().set_up(&token, form, origin(1)).await.unwrap();
    (fixture, as_actor(&owner), owner)
}

fn as_actor(person: &SignedIn) -> Actor {
    person.oneself(origin(1))
}

/// Invites an account with this role and accepts the invitation.
async fn joined(fixture: &TestService, owner: &Actor, name: &str, role: Role) -> SignedIn {
    let invited = fixture.service.accounts().invite(&format!("{name}@example.com"), role.name(), owner).await.unwrap();
    let form = NewAccount { name: name.to_owned(), password: GOOD.to_owned() };
    fixture.service.accounts().take_invitation(&invited.token, form, origin(2)).await.unwrap()
}

async fn stored(fixture: &TestService, of: &SignedIn) -> Account {
    fixture.service.store().read().await.unwrap().on().account(of.id).await.unwrap().unwrap()
}

contract!(an_invitation_makes_one_account_with_its_role, async |db| {
    let (fixture, owner, _) = owned(db).await;
    let invited = fixture.service.accounts().invite(" Ada@Example.com ", "support", &owner).await.unwrap();
    assert_eq!(
        fixture.service.accounts().account_link(&invited.token).await.unwrap(),
        AccountLink::Invitation { email: "ada@example.com".to_owned(), role: Role::Support }
    );
    let form = |password: &str| NewAccount { name: "Ada".to_owned(), password: password.to_owned() };
    let short = fixture.service.accounts().take_invitation(&invited.token, form("short"), origin(2)).await;
    assert_eq!(bad_fields(short), ["password"]);
    let takers = (0..4).map(|_| fixture.service.accounts().take_invitation(&invited.token, form(GOOD), origin(2)));
    let taken: Vec<_> = join_all(takers).await.into_iter().filter_map(Result::ok).collect();
    assert_eq!(taken.len(), 1, "one of the concurrent attempts succeeds");
    assert_eq!((taken[0].name.as_str(), taken[0].role), ("Ada", Role::Support));
    assert_eq!(fixture.service.accounts().account_link(&invited.token).await.unwrap(), AccountLink::Stale);
    assert!(fixture.service.identity().sign_in("ada@example.com", GOOD, None, origin(3)).await.is_ok());
    let [event] = fixture.events_of("invitation.created").await.try_into().unwrap();
    assert_eq!((event.actor_name.as_str(), event.subject_name.as_str()), ("Ingrid Lund", "ada@example.com"));
    assert!(!format!("{:?}", fixture.events().await).contains(&invited.token));
});

contract!(a_withdrawn_replaced_or_expired_invitation_is_refused, async |db| {
    let (fixture, owner, _) = owned(db).await;
    let form = || NewAccount { name: "Ada".to_owned(), password: GOOD.to_owned() };
    let first = fixture.service.accounts().invite("ada@example.com", "support", &owner).await.unwrap();
    let second = fixture.service.accounts().invite("ada@example.com", "viewer", &owner).await.unwrap();
    assert_err!(fixture.service.accounts().take_invitation(&first.token, form(), origin(2)).await, Error::Conflict(_));
    let third = fixture.service.accounts().link_invitation(second.invitation.id, &owner).await.unwrap();
    assert_err!(fixture.service.accounts().take_invitation(&second.token, form(), origin(2)).await, Error::Conflict(_));
    fixture.service.accounts().withdraw_invitation(second.invitation.id, &owner).await.unwrap();
    assert_err!(fixture.service.accounts().take_invitation(&third.token, form(), origin(2)).await, Error::Conflict(_));
    let last = fixture.service.accounts().invite("ada@example.com", "viewer", &owner).await.unwrap();
    fixture.clock.advance(24 * 3600);
    assert_err!(fixture.service.accounts().take_invitation(&last.token, form(), origin(2)).await, Error::Conflict(_));
    assert_err!(fixture.service.accounts().take_invitation("", form(), origin(2)).await, Error::Conflict(_));
});

contract!(an_address_with_an_account_cannot_be_invited, async |db| {
    let (fixture, owner, _) = owned(db).await;
    assert_eq!(bad_fields(fixture.service.accounts().invite("INGRID@example.com", "viewer", &owner).await), ["email"]);
    assert_eq!(bad_fields(fixture.service.accounts().invite("nobody", "king", &owner).await), ["email", "role"]);
});

contract!(the_last_owner_cannot_be_removed, async |db| {
    let (fixture, actor, owner) = owned(db).await;
    assert_err!(fixture.service.accounts().change_role(owner.id, "admin", &actor).await, Error::Conflict(_));
    assert_err!(fixture.service.accounts().disable_account(owner.id, "leaves", &actor).await, Error::Conflict(_));
    let second = joined(&fixture, &actor, "bo", Role::Owner).await;
    fixture.service.accounts().disable_account(second.id, "on leave", &actor).await.unwrap();
    assert_err!(fixture.service.accounts().change_role(owner.id, "admin", &actor).await, Error::Conflict(_));
    fixture.service.accounts().enable_account(second.id, &actor).await.unwrap();
    fixture.service.accounts().change_role(owner.id, "admin", &actor).await.unwrap();
    assert_eq!(stored(&fixture, &owner).await.role, Role::Admin);
});

contract!(two_owners_who_remove_each_other_concurrently_leave_one, async |db| {
    let (fixture, actor, first) = owned(db).await;
    let second = joined(&fixture, &actor, "bo", Role::Owner).await;
    let second_instance = fixture.second_instance(db).await;
    let (one, two) = (as_actor(&first), as_actor(&second));
    for round in 0..20 {
        let (a, b) = if round % 2 == 0 {
            tokio::join!(
                fixture.service.accounts().change_role(second.id, "viewer", &one),
                second_instance.accounts().change_role(first.id, "viewer", &two)
            )
        } else {
            tokio::join!(
                fixture.service.accounts().disable_account(second.id, "quarrel", &one),
                second_instance.accounts().disable_account(first.id, "quarrel", &two)
            )
        };
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let command = Actor::command();
        for person in [&first, &second] {
            _ = fixture.service.accounts().enable_account(person.id, &command).await;
            fixture.service.accounts().change_role(person.id, "owner", &command).await.unwrap();
        }
    }
});

contract!(an_account_that_is_no_owner_cannot_change_accounts, async |db| {
    let (fixture, actor, _) = owned(db).await;
    let admin = joined(&fixture, &actor, "bo", Role::Admin).await;
    let (no_owner, id) = (as_actor(&admin), admin.id);
    assert_err!(fixture.service.accounts().change_role(id, "owner", &no_owner).await, Error::Forbidden(_));
    assert_err!(fixture.service.accounts().disable_account(id, "x", &no_owner).await, Error::Forbidden(_));
    assert_err!(fixture.service.accounts().enable_account(id, &no_owner).await, Error::Forbidden(_));
    assert_err!(fixture.service.accounts().invite("x@example.com", "owner", &no_owner).await, Error::Forbidden(_));
    assert_err!(fixture.service.accounts().link_password(id, &no_owner).await, Error::Forbidden(_));
    assert_eq!(stored(&fixture, &admin).await.role, Role::Admin);
});

contract!(a_link_from_an_owner_sets_a_new_password_once, async |db| {
    let (fixture, actor, _) = owned(db).await;
    let ada = joined(&fixture, &actor, "ada", Role::Viewer).await;
    let token = fixture.service.accounts().link_password(ada.id, &actor).await.unwrap();
    assert!(
        fixture.service.identity().sign_in("ada@example.com", GOOD, None, origin(3)).await.is_ok(),
        "the old password works until then"
    );
    let fresh = "seven lamps in the rain";
    fixture.service.accounts().set_password(&token, fresh, origin(2)).await.unwrap();
    assert_err!(fixture.service.accounts().set_password(&token, GOOD, origin(2)).await, Error::Conflict(_));
    assert_err!(
        fixture.service.identity().sign_in("ada@example.com", GOOD, None, origin(3)).await,
        Error::Forbidden(_)
    );
    assert!(fixture.service.identity().sign_in("ada@example.com", fresh, None, origin(4)).await.is_ok());
    fixture.service.accounts().disable_account(ada.id, "left", &actor).await.unwrap();
    assert_err!(fixture.service.accounts().link_password(ada.id, &actor).await, Error::Conflict(_));
});

contract!(a_command_on_the_host_restores_a_disabled_owner, async |db| {
    let (fixture, actor, owner) = owned(db).await;
    let second = joined(&fixture, &actor, "bo", Role::Owner).await;
    fixture.service.accounts().disable_account(owner.id, "gone", &as_actor(&second)).await.unwrap();
    assert_err!(fixture.service.accounts().recover_owner(None, &Actor::command()).await, Error::Conflict(_));
    assert_err!(
        fixture.service.accounts().recover_owner(Some("nobody@example.com"), &Actor::command()).await,
        Error::Conflict(_)
    );
    let link = fixture.service.accounts().recover_owner(Some("INGRID@example.com"), &Actor::command()).await.unwrap();
    assert_eq!(link.name, "Ingrid Lund");
    let fresh = "seven lamps in the rain";
    fixture.service.accounts().set_password(&link.token, fresh, origin(2)).await.unwrap();
    assert!(fixture.service.identity().sign_in("ingrid@example.com", fresh, None, origin(3)).await.is_ok());
    let [event] = fixture.events_of("account.recovery_linked").await.try_into().unwrap();
    assert_eq!((event.actor_kind.as_str(), event.subject_id), ("command", Some(owner.id)));
    assert_eq!(fixture.events_of("account.recovered").await.len(), 1);
    let late = fixture.service.accounts().recover_owner(Some("ingrid@example.com"), &Actor::command()).await.unwrap();
    fixture.clock.advance(3600);
    assert_err!(fixture.service.accounts().set_password(&late.token, GOOD, origin(2)).await, Error::Conflict(_));
});

contract!(changing_a_password_needs_the_old_one_and_a_good_new_one, async |db| {
    let (fixture, actor, owner) = owned(db).await;
    let change = async |old, new| fixture.service.accounts().change_password(old, new, None, &actor).await;
    assert_eq!(bad_fields(change("not the right password", "seven lamps in the rain").await), ["old_password"]);
    assert_eq!(bad_fields(change(GOOD, "short").await), ["new_password"]);
    assert_eq!(stored(&fixture, &owner).await.failures, 1);
    change(GOOD, "seven lamps in the rain").await.unwrap();
    assert!(
        fixture
            .service
            .identity()
            .sign_in("ingrid@example.com", "seven lamps in the rain", None, origin(4))
            .await
            .is_ok()
    );
    assert_eq!(fixture.events_of("account.password_changed").await.len(), 1);
    assert_eq!(fixture.events_of("account.password_refused").await.len(), 1);
});
