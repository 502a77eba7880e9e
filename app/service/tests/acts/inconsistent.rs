//! Stored values that cannot be read are not treated as absent.

use licensing::{Permission, Role};
use service::{Error, NewApiToken};
use testing::contract;
use uuid::Uuid;

use crate::{
    roles::account,
    test_service::{TestService, assert_err, origin, seats, signed_in},
};

contract!(a_token_with_unreadable_limits_is_refused, async |db| {
    let fixture = TestService::open(db).await;
    let owner = signed_in(account(&fixture, Role::Owner).await, "Olga", Role::Owner).oneself(origin(1));
    let form = NewApiToken {
        name: "CI".to_owned(),
        scopes: vec![Permission::See.into()],
        products: vec![Uuid::from_u128(5)],
        days: 1,
        ..NewApiToken::default()
    };
    let (_, token) = fixture.service.identity().create_api_token(form, &owner).await.unwrap();
    let machine = async || fixture.service.identity().api_caller(&token.0, Some("192.0.2.1")).await;
    assert_eq!(machine().await.unwrap().products, [Uuid::from_u128(5)]);
    for (column, broken) in
        [("products", r#"["nonsense"]"#), ("products", r#"{"all": true}"#), ("scopes", "[7]"), ("networks", r#"["?"]"#)]
    {
        db.execute(r#"UPDATE api_tokens SET products = '[]', scopes = '["see"]', networks = '[]'"#).await;
        machine().await.unwrap();
        db.execute(&format!("UPDATE api_tokens SET {column} = '{broken}'")).await;
        let Err(Error::Internal(text)) = machine().await else { panic!("{column} {broken}") };
        assert!(text.contains(&format!("api_tokens.{column}")), "{text}");
    }
});

contract!(a_license_with_an_unreadable_address_is_an_error_and_not_one_without_an_address, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(2)).await;
    let (_, license, other) = fixture.licensed(seats(2)).await;
    db.execute(&format!("UPDATE licenses SET email = 'nobody' WHERE code_tail = '{}'", license.code_tail)).await;
    // In the same batch, the other request succeeds.
    let (good, bad) = tokio::join!(fixture.activate(&code, "one"), fixture.activate(&other, "one"));
    good.unwrap();
    assert_err!(bad, Error::Internal(_));
});
