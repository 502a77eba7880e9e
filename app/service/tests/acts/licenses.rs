//! Licenses: issue, changes, states, and codes.

use licensing::{
    CodeShape, Overrides, Terms,
    code::CodeOrigin,
    feature::FeatureValue,
    license::{State, StateChange},
    product::Algorithm,
    terms::{EmailTerm, Seats},
};
use serde_json::json;
use service::{Error, LicenseForm, NewLicense, ProductForm};
use testing::contract;
use uuid::Uuid;

use crate::{
    products::text_feature,
    test_service::{TestService, assert_err, bad_fields, of, seats},
};

contract!(a_license_is_issued_with_a_code_that_is_not_in_its_event, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, license, code) = fixture.licensed(seats(3)).await;
    assert_eq!(code.origin(), CodeOrigin::Generated);
    assert_eq!(code.canonical().len(), 28);
    assert_eq!((license.state, license.customer.as_deref()), (State::Active, Some("Acme")));
    assert_eq!(license.code_tail, code.tail());
    assert_eq!(fixture.service.licenses().license(license.id).await.unwrap().license, license);

    let [event] = fixture.events_of("license.created").await.try_into().unwrap();
    assert_eq!(event.license_id, Some(license.id));
    assert_eq!(event.subject_name, "Acme");
    let after = event.after.unwrap();
    assert_eq!((&after["policy"], &after["code_tail"]), (&json!(policy.name), &json!(code.tail())));
    assert!(!after.to_string().contains(code.written()));
});

contract!(codes_of_a_product_have_its_shape, async |db| {
    let fixture = TestService::open(db).await;
    let short = ProductForm {
        code: "short".to_owned(),
        name: "Short".to_owned(),
        code_shape: CodeShape::ThreeBySix,
        ..ProductForm::default()
    };
    let product = fixture.service.licenses().create_product(short, &fixture.actor).await.unwrap();
    let policy = fixture.policy(&product, Terms::default()).await;
    let (_, code) = fixture.license(&policy).await;
    assert_eq!(code.canonical().len(), 18);
});

contract!(an_imported_code_is_kept_unchanged, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, ..) = fixture.licensed(seats(3)).await;
    let bring = |code: &str| NewLicense { code: code.to_owned(), ..of(&policy) };
    let (license, code) =
        fixture.service.licenses().create_license(bring("Old-Code-0815"), &fixture.actor).await.unwrap();
    assert!(license.code_imported);
    assert_eq!(fixture.service.licenses().reveal_code(license.id, &fixture.actor).await.unwrap(), "Old-Code-0815");
    fixture.activate(&code, "device").await.unwrap();

    for same in ["old code 0815", "OLD-CODE-O8I5"] {
        assert_eq!(
            bad_fields(fixture.service.licenses().create_license(bring(same), &fixture.actor).await),
            ["code"],
            "{same}"
        );
    }
    assert_eq!(bad_fields(fixture.service.licenses().create_license(bring("short"), &fixture.actor).await), ["code"]);
});

contract!(a_whole_code_is_shown_once_and_every_reveal_leaves_an_event, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(3)).await;
    assert!(fixture.events_of("license.code_revealed").await.is_empty());
    assert_eq!(fixture.service.licenses().reveal_code(license.id, &fixture.actor).await.unwrap(), code.written());
    let [event] = fixture.events_of("license.code_revealed").await.try_into().unwrap();
    assert_eq!((event.license_id, event.actor_name.as_str()), (Some(license.id), "Ingrid"));
    assert_err!(fixture.service.licenses().reveal_code(Uuid::nil(), &fixture.actor).await, Error::NotFound("license"));
});

contract!(the_event_of_a_license_change_lists_the_differences, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, _) = fixture.licensed(seats(3)).await;
    let form = LicenseForm {
        overrides: Overrides { seats: Some(Seats::Limited(9)), ..Overrides::default() },
        customer: "Acme".to_owned(),
        email: "Kim@Example.COM".to_owned(),
        metadata: r#"{"order": 17}"#.to_owned(),
        ..LicenseForm::default()
    };
    let changed = fixture.service.licenses().change_license(license.id, form, &fixture.actor).await.unwrap();
    assert_eq!(changed.email.as_deref(), Some("Kim@example.com"));
    assert_eq!(fixture.service.licenses().license(license.id).await.unwrap().license, changed);
    let [event] = fixture.events_of("license.changed").await.try_into().unwrap();
    assert_eq!(event.before, Some(json!({ "overrides": {}, "email": null, "metadata": {} })));
    let after = json!({
        "overrides": { "seats": { "limited": 9 } }, "email": "Kim@example.com", "metadata": { "order": 17 },
    });
    assert_eq!(event.after, Some(after));
});

contract!(an_invalid_license_is_refused_field_by_field, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, license, _) = fixture.licensed(seats(3)).await;
    let bad = LicenseForm {
        overrides: Overrides {
            seats: Some(Seats::Limited(0)),
            email: Some(EmailTerm::MustMatch),
            ..Overrides::default()
        },
        features: [("tier".to_owned(), FeatureValue::Boolean(true))].into(),
        customer: "x".repeat(101),
        reference: "two\nlines".to_owned(),
        notes: "x".repeat(4001),
        metadata: "[1]".to_owned(),
        ..LicenseForm::default()
    };
    let all = ["customer", "reference", "notes", "metadata", "seats", "features", "email"];
    assert_eq!(
        bad_fields(fixture.service.licenses().change_license(license.id, bad.clone(), &fixture.actor).await),
        all
    );
    let new = NewLicense { policy_id: policy.id, code: "x".to_owned(), form: bad };
    let fields = bad_fields(fixture.service.licenses().create_license(new, &fixture.actor).await);
    assert_eq!(fields, [&all[..], &["code"]].concat());

    let none = NewLicense { policy_id: Uuid::nil(), ..of(&policy) };
    assert_err!(fixture.service.licenses().create_license(none, &fixture.actor).await, Error::NotFound("policy"));
    let form = LicenseForm::default();
    assert_err!(
        fixture.service.licenses().change_license(Uuid::nil(), form, &fixture.actor).await,
        Error::NotFound("license")
    );
    assert_eq!(fixture.service.licenses().license(license.id).await.unwrap().license, license);
    assert!(fixture.events_of("license.changed").await.is_empty());
});

contract!(metadata_is_a_json_object_of_at_most_4_kib, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, ..) = fixture.licensed(seats(3)).await;
    let with = |metadata: String| NewLicense { form: LicenseForm { metadata, ..of(&policy).form }, ..of(&policy) };
    let longest = format!(r#"{{"a":"{}"}}"#, "x".repeat(4096 - 8));
    assert_eq!(longest.len(), 4096);
    let (license, _) = fixture.service.licenses().create_license(with(longest.clone()), &fixture.actor).await.unwrap();
    assert_eq!(license.metadata["a"].as_str().unwrap().len(), 4088);
    for bad in [longest + " ", "7".to_owned(), "{".to_owned(), r#"{"a":"\u0000"}"#.to_owned(), "[".repeat(4000)] {
        assert_eq!(
            bad_fields(fixture.service.licenses().create_license(with(bad), &fixture.actor).await),
            ["metadata"]
        );
    }
});

contract!(a_license_is_suspended_reinstated_and_revoked_each_with_a_reason, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(3)).await;
    let step = async |step, reason: &str| {
        fixture.service.licenses().change_state(license.id, step, reason, &fixture.actor).await
    };
    assert_eq!(bad_fields(step(StateChange::Suspend, " ").await), ["reason"]);
    fixture.activate(&code, "one").await.unwrap();

    assert_eq!(step(StateChange::Suspend, "unpaid").await.unwrap(), 0);
    assert_err!(step(StateChange::Suspend, "again").await, Error::Conflict(_));
    assert_eq!(fixture.seats(&license).await, 1, "its devices keep their seats");
    assert_eq!(step(StateChange::Reinstate, "paid").await.unwrap(), 0);
    assert_err!(step(StateChange::Reinstate, "again").await, Error::Conflict(_));
    assert_eq!(step(StateChange::Revoke, "refunded").await.unwrap(), 1);
    assert_eq!(
        fixture.service.licenses().license(license.id).await.unwrap().license.state_reason.as_deref(),
        Some("refunded")
    );
    for after in [StateChange::Suspend, StateChange::Reinstate, StateChange::Revoke] {
        assert_err!(step(after, "too late").await, Error::Conflict(_));
    }
    let form = LicenseForm::default();
    assert_err!(fixture.service.licenses().change_license(license.id, form, &fixture.actor).await, Error::Conflict(_));

    let reported: Vec<_> = fixture.events().await.into_iter().filter_map(|e| Some((e.kind, e.reason?))).collect();
    let expected = [("license.suspended", "unpaid"), ("license.reinstated", "paid"), ("license.revoked", "refunded")];
    assert_eq!(reported.len(), 3);
    assert!(
        expected.iter().all(|(act, why)| reported.contains(&((*act).to_owned(), (*why).to_owned()))),
        "{reported:?}"
    );
    let [revoked] = fixture.events_of("license.revoked").await.try_into().unwrap();
    assert_eq!(revoked.before, Some(json!({ "state": "active" })));
    assert_eq!(revoked.after, Some(json!({ "state": "revoked", "devices_revoked": 1 })));
});

contract!(revoking_a_license_frees_all_its_seats_at_once, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(3)).await;
    for device in ["one", "two", "three"] {
        fixture.activate(&code, device).await.unwrap();
    }
    assert_eq!(fixture.seats(&license).await, 3);
    let devices = fixture
        .service
        .licenses()
        .change_state(license.id, StateChange::Revoke, "refunded", &fixture.actor)
        .await
        .unwrap();
    assert_eq!(devices, 3);
    assert_eq!(fixture.seats(&license).await, 0);
    assert!(fixture.devices(&license).await.iter().all(|device| device.revoked_at.is_some()));
});

contract!(the_settings_of_a_license_fit_into_a_token_even_after_its_product_changes, async |db| {
    let fixture = TestService::open(db).await;
    let form = |n: usize| ProductForm {
        code: "wide".to_owned(),
        name: "W".repeat(80),
        algorithm: Algorithm::RS256,
        features: (0..n).map(|i| text_feature(&format!("feature-{i:02}"), &"d".repeat(36))).collect(),
        ..ProductForm::default()
    };
    let product = fixture.service.licenses().create_product(form(1), &fixture.actor).await.unwrap();
    let policy = fixture.policy(&product, Terms::default()).await;
    let values = |length| [("feature-00".to_owned(), FeatureValue::Text("v".repeat(length)))].into();
    let new = |length| {
        let form = LicenseForm { customer: "🦀".repeat(100), features: values(length), ..LicenseForm::default() };
        NewLicense { policy_id: policy.id, code: String::new(), form }
    };
    assert_eq!(bad_fields(fixture.service.licenses().create_license(new(201), &fixture.actor).await), ["features"]);
    let (_, code) = fixture.service.licenses().create_license(new(200), &fixture.actor).await.unwrap();
    fixture.service.licenses().change_product(product.id, form(9), &fixture.actor).await.unwrap();
    fixture.activate(&code, &"w".repeat(512)).await.unwrap();
    assert_eq!(
        bad_fields(fixture.service.licenses().change_product(product.id, form(11), &fixture.actor).await),
        ["features"]
    );
});
