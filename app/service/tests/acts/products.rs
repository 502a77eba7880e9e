//! Products and policies: creation, changes, and their audit events.

use licensing::{
    Span, Terms,
    feature::{Feature, FeatureKind, FeatureValue},
    product::{Algorithm, Lifecycle},
    terms::Seats,
};
use serde_json::json;
use service::{Error, PolicyForm, ProductForm};
use testing::contract;
use uuid::Uuid;

use crate::test_service::{TestService, assert_err, bad_fields, seats};

fn drift() -> ProductForm {
    ProductForm { code: "drift".to_owned(), name: "Drift".to_owned(), ..ProductForm::default() }
}

pub(crate) fn text_feature(code: &str, default: &str) -> Feature {
    Feature { code: code.to_owned(), kind: FeatureKind::Text, default: FeatureValue::Text(default.to_owned()) }
}

contract!(creating_a_product_leaves_an_event_with_actor_and_values, async |db| {
    let fixture = TestService::open(db).await;
    let product = fixture.service.licenses().create_product(drift(), &fixture.actor).await.unwrap();
    assert_eq!(db.read().await.unwrap().on().product(product.id).await.unwrap(), Some(product.clone()));

    let [event] = fixture.events_of("product.created").await.try_into().unwrap();
    assert_eq!((event.actor_kind.as_str(), event.actor_name.as_str()), ("account", "Ingrid"));
    assert_eq!((event.subject_kind.as_str(), event.subject_id), ("product", Some(product.id)));
    assert_eq!(event.address.as_deref(), Some("192.0.2.1"));
    assert_eq!(event.request_id.as_deref(), Some("request-1"));
    assert_eq!(event.before, None);
    assert_eq!(event.after.unwrap()["code"], "drift");
});

contract!(changing_a_product_keeps_its_code_and_logs_the_differences, async |db| {
    let fixture = TestService::open(db).await;
    let product = fixture.service.licenses().create_product(drift(), &fixture.actor).await.unwrap();
    fixture.clock.advance(60);
    let form = ProductForm {
        code: "other".to_owned(),
        name: "Drift Pro".to_owned(),
        lifecycle: Lifecycle::Withdrawn,
        algorithm: Algorithm::EdDSA,
        ..drift()
    };
    let changed = fixture.service.licenses().change_product(product.id, form, &fixture.actor).await.unwrap();
    assert_eq!((changed.code.as_str(), changed.name.as_str()), ("drift", "Drift Pro"));
    assert_eq!(db.read().await.unwrap().on().product(product.id).await.unwrap(), Some(changed));

    let [event] = fixture.events_of("product.changed").await.try_into().unwrap();
    assert_eq!(event.before, Some(json!({ "name": "Drift", "lifecycle": "active", "algorithm": "ES256" })));
    assert_eq!(event.after, Some(json!({ "name": "Drift Pro", "lifecycle": "withdrawn", "algorithm": "EdDSA" })));
    assert_eq!(fixture.events_of("signing_key.created").await.len(), 2, "the new algorithm has its key");
});

contract!(an_invalid_product_is_refused_field_by_field, async |db| {
    let fixture = TestService::open(db).await;
    fixture.service.licenses().create_product(drift(), &fixture.actor).await.unwrap();
    assert_eq!(bad_fields(fixture.service.licenses().create_product(drift(), &fixture.actor).await), ["code"]);

    let twice = vec![text_feature("tier", "a"), text_feature("tier", "b")];
    let form = ProductForm { code: "No".to_owned(), name: String::new(), features: twice, ..drift() };
    assert_eq!(
        bad_fields(fixture.service.licenses().create_product(form, &fixture.actor).await),
        ["code", "name", "features"]
    );

    let large = (0..10).map(|n| text_feature(&format!("f{n}"), &"x".repeat(100))).collect();
    let form = ProductForm { code: "large".to_owned(), features: large, ..drift() };
    assert_eq!(bad_fields(fixture.service.licenses().create_product(form, &fixture.actor).await), ["features"]);

    assert_err!(
        fixture.service.licenses().change_product(Uuid::nil(), drift(), &fixture.actor).await,
        Error::NotFound("product")
    );
    assert_eq!(fixture.events_of("product.created").await.len(), 1, "a refused product leaves no event");
    assert_eq!(db.number("SELECT COUNT(*) FROM products").await, 1);
});

contract!(the_event_of_a_policy_change_lists_the_differences, async |db| {
    let fixture = TestService::open(db).await;
    let product = fixture.service.licenses().create_product(drift(), &fixture.actor).await.unwrap();
    let form = PolicyForm { name: "Team".to_owned(), terms: seats(3) };
    let policy = fixture.service.licenses().create_policy(product.id, form, &fixture.actor).await.unwrap();
    let form = PolicyForm { name: "Team".to_owned(), terms: seats(5) };
    let changed = fixture.service.licenses().change_policy(policy.id, form, &fixture.actor).await.unwrap();
    assert_eq!(changed.terms.seats, Seats::Limited(5));
    assert_eq!(db.read().await.unwrap().on().policy(policy.id).await.unwrap(), Some(changed));

    let [made] = fixture.events_of("policy.created").await.try_into().unwrap();
    assert_eq!(made.after.unwrap()["name"], "Team");
    let [event] = fixture.events_of("policy.changed").await.try_into().unwrap();
    assert_eq!(event.before.unwrap()["terms"]["seats"], json!({ "limited": 3 }));
    assert_eq!(event.after.unwrap()["terms"]["seats"], json!({ "limited": 5 }));
});

contract!(an_invalid_policy_is_refused_field_by_field, async |db| {
    let fixture = TestService::open(db).await;
    let product = fixture.service.licenses().create_product(drift(), &fixture.actor).await.unwrap();
    let form = || PolicyForm { name: "Team".to_owned(), terms: seats(3) };
    fixture.service.licenses().create_policy(product.id, form(), &fixture.actor).await.unwrap();
    assert_eq!(
        bad_fields(fixture.service.licenses().create_policy(product.id, form(), &fixture.actor).await),
        ["name"]
    );
    let terms = Terms { seats: Seats::Limited(0), grace: Span::days(99_999), ..Terms::default() };
    let bad = PolicyForm { name: String::new(), terms };
    assert_eq!(
        bad_fields(fixture.service.licenses().create_policy(product.id, bad, &fixture.actor).await),
        ["name", "seats", "grace"]
    );
    assert_err!(
        fixture.service.licenses().create_policy(Uuid::nil(), form(), &fixture.actor).await,
        Error::NotFound("product")
    );
    assert_err!(
        fixture.service.licenses().change_policy(Uuid::nil(), form(), &fixture.actor).await,
        Error::NotFound("policy")
    );
    assert_eq!(fixture.events_of("policy.created").await.len(), 1);
});
