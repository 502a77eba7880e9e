//! The one-time setup link and the first owner.

use licensing::Role;
use service::{Error, NewOwner, SetupLink};
use testing::contract;

use crate::test_service::{TestService, assert_err, bad_fields, origin};

pub(crate) fn ada() -> NewOwner {
    NewOwner {
        name: "Ada Lovelace".to_owned(),
        email: " Ada@Example.com ".to_owned(),
        password: "a kettle of blue fish".to_owned(),
        provider_name: "Analytical Engines".to_owned(),
        provider_email: "sales@example.com".to_owned(),
    }
}

pub(crate) async fn a_link(fixture: &TestService) -> String {
    fixture.service.accounts().new_setup_link().await.unwrap().unwrap()
}

contract!(a_setup_link_makes_one_owner_and_is_then_used, async |db| {
    let fixture = TestService::open(db).await;
    assert!(!fixture.service.accounts().has_owner().await.unwrap());
    let link = a_link(&fixture).await;
    assert_eq!(fixture.service.accounts().setup_link(&link).await.unwrap(), SetupLink::Good);

    let owner = fixture.service.accounts().set_up(&link, ada(), origin(1)).await.unwrap();
    assert_eq!((owner.name.as_str(), owner.role), ("Ada Lovelace", Role::Owner));
    assert_eq!(fixture.service.accounts().signed_in(owner.id).await.unwrap(), Some(owner.clone()));
    assert_eq!(fixture.service.vendor().provider().await.unwrap().name, "Analytical Engines");
    assert_eq!(fixture.service.vendor().provider().await.unwrap().email.as_deref(), Some("sales@example.com"));

    assert_eq!(fixture.service.accounts().setup_link(&link).await.unwrap(), SetupLink::Used);
    assert_err!(fixture.service.accounts().set_up(&link, ada(), origin(1)).await, Error::Conflict(_));
    assert_eq!(fixture.service.accounts().new_setup_link().await.unwrap(), None);
    assert_eq!(db.number("SELECT COUNT(*) FROM accounts").await, 1);

    let events = fixture.events().await;
    let reported: Vec<_> = events.iter().map(|e| (e.kind.as_str(), e.actor_kind.as_str())).collect();
    assert!(reported.contains(&("account.created", "setup")), "{reported:?}");
    assert!(reported.contains(&("provider.created", "setup")), "{reported:?}");
    assert!(!format!("{events:?}").contains("kettle"), "events contain no password");
});

contract!(a_setup_link_is_valid_for_an_hour, async |db| {
    let fixture = TestService::open(db).await;
    let link = a_link(&fixture).await;
    fixture.clock.advance(3599);
    assert_eq!(fixture.service.accounts().setup_link(&link).await.unwrap(), SetupLink::Good);
    fixture.clock.advance(1);
    assert_eq!(fixture.service.accounts().setup_link(&link).await.unwrap(), SetupLink::Expired);
    assert_err!(fixture.service.accounts().set_up(&link, ada(), origin(1)).await, Error::Conflict(_));
    assert!(!fixture.service.accounts().has_owner().await.unwrap());
});

contract!(a_second_setup_link_replaces_the_first, async |db| {
    let fixture = TestService::open(db).await;
    let (first, second) = (a_link(&fixture).await, a_link(&fixture).await);
    assert_eq!(fixture.service.accounts().setup_link(&first).await.unwrap(), SetupLink::Unknown);
    assert_err!(fixture.service.accounts().set_up(&first, ada(), origin(1)).await, Error::Conflict(_));
    fixture.service.accounts().set_up(&second, ada(), origin(1)).await.unwrap();
});

contract!(of_two_concurrent_uses_of_a_link_one_makes_the_owner, async |db| {
    let fixture = TestService::open(db).await;
    let link = a_link(&fixture).await;
    let other = NewOwner { name: "Bob".to_owned(), email: "bob@example.com".to_owned(), ..ada() };
    let (one, two) = tokio::join!(
        fixture.service.accounts().set_up(&link, ada(), origin(1)),
        fixture.service.accounts().set_up(&link, other, origin(2)),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert_eq!(db.number("SELECT COUNT(*) FROM accounts").await, 1);
    assert_eq!(fixture.events_of("account.created").await.len(), 1);
});

contract!(the_setup_form_reports_all_errors_and_does_not_use_the_link, async |db| {
    let fixture = TestService::open(db).await;
    let link = a_link(&fixture).await;
    let short = NewOwner {
        name: " ".to_owned(),
        email: "ada".to_owned(),
        password: "short".to_owned(),
        provider_name: String::new(),
        provider_email: "nobody".to_owned(),
    };
    let fields = bad_fields(fixture.service.accounts().set_up(&link, short, origin(1)).await);
    assert_eq!(fields, ["name", "email", "password", "provider_name", "provider_email"]);
    for password in ["aaaaaaaaaaaaaaaaaaaa", "ada@example.com", "fourteen chars", &"x y".repeat(500)] {
        let form = NewOwner { password: password.to_owned(), ..ada() };
        assert_eq!(
            bad_fields(fixture.service.accounts().set_up(&link, form, origin(1)).await),
            ["password"],
            "{password}"
        );
    }
    assert_eq!(fixture.service.accounts().setup_link(&link).await.unwrap(), SetupLink::Good);
});

#[test]
fn debug_output_of_the_setup_form_hides_the_password() {
    assert!(!format!("{:?}", ada()).contains("kettle"));
}
