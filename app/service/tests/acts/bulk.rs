//! Licenses that are issued with their devices in bulk have the rows that single acts write.

use licensing::{ActivationCode, Email, Fingerprint, Terms, Version, activation::Request, product::Algorithm};
use service::{
    Activation, Error, LicenseForm, NewLicense,
    store::{
        Engine, Paging, Store, activations::Activation as Device, decisions::DecisionRow, events::Event,
        licenses::License, licenses::LicenseFilter, policies::Policy, products::Product,
    },
};
use testing::contract;
use uuid::Uuid;

use crate::test_service::{TestService, asking, assert_err, seats};

const INDEXES: &str = "SELECT COUNT(*) FROM pg_class WHERE relname = 'licenses_by_trigram'";

fn form() -> LicenseForm {
    LicenseForm {
        customer: "Tönspur Ærø".to_owned(),
        email: "Ada@Example.com".to_owned(),
        reference: "order 12".to_owned(),
        notes: "Two studios".to_owned(),
        metadata: r#"{"sold_by": "Ingrid"}"#.to_owned(),
        ..LicenseForm::default()
    }
}

fn device(code: &ActivationCode, number: u32) -> Activation {
    Activation {
        fingerprint: Fingerprint::read(&format!("device {number}")).unwrap(),
        request: Request {
            email: Email::read("ada@example.com").ok(),
            version: Version::read("2.4.1").ok(),
            ..Request::default()
        },
        device_name: Some(format!("Studio {number}")),
        platform: Some("macOS 15.3 arm64".to_owned()),
        ..asking(code, "overridden")
    }
}

/// Everything that is stored about a license, without what differs between any two: ids, codes and places.
#[derive(Debug, PartialEq)]
struct Rows {
    license: License,
    devices: Vec<Device>,
    decisions: Vec<DecisionRow>,
    events: Vec<Event>,
}

impl Rows {
    async fn of(fixture: &TestService, license: Uuid) -> Self {
        let row = fixture.service.licenses().license(license).await.unwrap().license;
        let mut devices = fixture.devices(&row).await;
        devices.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
        let mut decisions = Vec::new();
        let mut events: Vec<Event> = fixture.events().await;
        events.retain(|event| event.license_id == Some(license));
        for device in &devices {
            let decision = fixture.service.store().read().await.unwrap().on().decision(device.decision_id).await;
            let mut decision = decision.unwrap().expect("a grant has a decision");
            assert_eq!((decision.license_id, decision.activation_id), (Some(license), Some(device.id)));
            assert_eq!(decision.code_tail.as_ref(), Some(&row.code_tail));
            assert!(events.iter().any(|e| (e.id, e.subject_id) == (decision.id, Some(device.id))), "its event");
            (decision.id, decision.license_id, decision.activation_id) = (Uuid::nil(), None, None);
            decision.code_tail = None;
            decisions.push(decision);
        }
        for device in &mut devices {
            assert!(device.place().is_some());
            (device.id, device.license_id, device.decision_id) = (Uuid::nil(), Uuid::nil(), Uuid::nil());
            device.status_index = None;
        }
        for event in &mut events {
            assert!(event.subject_id.is_some());
            (event.id, event.subject_id, event.license_id) = (Uuid::nil(), None, None);
            // A license is named after its code.
            if event.subject_kind == "license" {
                event.subject_name = event.subject_name.replace(&row.code_tail, "XXXX");
                event.after = event.after.as_ref().map(|after| {
                    let text = after.to_string().replace(&row.code_tail, "XXXX").replace(&license.to_string(), "ID");
                    serde_json::from_str(&text).unwrap()
                });
            }
        }
        let license =
            License { id: Uuid::nil(), code_hmac: vec![], code_sealed: vec![], code_tail: String::new(), ..row };
        Self { license, devices, decisions, events }
    }
}

async fn shop(fixture: &TestService, terms: Terms) -> (Product, Policy) {
    let product = fixture.product("drift", Algorithm::EdDSA).await;
    let policy = fixture.policy(&product, terms).await;
    (product, policy)
}

async fn issued(
    fixture: &TestService,
    (product, policy): (&Product, &Policy),
    forms: Vec<LicenseForm>,
    devices: u32,
) -> service::Result<Vec<(License, ActivationCode)>> {
    let activations = fixture.service.activations();
    let of_code = move |code: &ActivationCode| (0..devices).map(|number| device(code, number)).collect();
    let prepared = activations.prepare_in_bulk((product, policy), forms, of_code, &fixture.actor).await?;
    activations.issue_in_bulk(prepared).await
}

contract!(bulk_licenses_have_the_rows_of_single_ones, async |db| {
    let fixture = TestService::open(db).await;
    let (product, policy) = shop(&fixture, seats(3)).await;
    for devices in [0, 2] {
        let new = NewLicense { policy_id: policy.id, code: String::new(), form: form() };
        let (single, code) = fixture.service.licenses().create_license(new, &fixture.actor).await.unwrap();
        for number in 0..devices {
            fixture.service.activations().activate_unsigned(device(&code, number)).await.unwrap();
        }
        let bulk = issued(&fixture, (&product, &policy), vec![form(); 3], devices).await.unwrap();
        let expected = Rows::of(&fixture, single.id).await;
        assert_eq!((expected.devices.len(), expected.events.len()), (devices as usize, 1 + devices as usize));
        for (license, _) in bulk {
            assert_eq!(Rows::of(&fixture, license.id).await, expected);
        }
    }
});

contract!(bulk_licenses_are_found_by_every_search_and_their_codes_work, async |db| {
    let fixture = TestService::open(db).await;
    let (product, policy) = shop(&fixture, seats(3)).await;
    fixture.service.licenses().drop_search_index().await.unwrap();
    if db.engine() == Engine::Postgres {
        assert_eq!(db.number(INDEXES).await, 0);
    }
    let bulk = issued(&fixture, (&product, &policy), vec![form()], 2).await.unwrap();
    // Opening the database creates the index that was dropped.
    Store::open(db.url()).await.unwrap().close().await;
    if db.engine() == Engine::Postgres {
        assert_eq!(db.number(INDEXES).await, 1);
    }
    let (license, code) = &bulk[0];
    for text in ["ærø", "spur", "ada@", "order 12", &code.tail()] {
        let filter = LicenseFilter { text: Some(licensing::fold(text)), ..LicenseFilter::default() };
        let now = fixture.clock.now();
        let mut reading = fixture.service.store().read().await.unwrap();
        let found = reading.on().licenses(&filter, Paging::First, 10, now).await.unwrap();
        assert_eq!(found.rows.iter().map(|row| row.license.id).collect::<Vec<_>>(), [license.id], "{text}");
        assert_eq!(found.rows[0].seats_used, 2);
    }
    fixture.activate(code, "device 0").await.unwrap();
    fixture.activate(code, "third").await.unwrap();
    assert_err!(fixture.activate(code, "fourth").await, Error::Refused(_));
});

contract!(a_bulk_with_a_bad_form_or_too_many_devices_writes_nothing, async |db| {
    let fixture = TestService::open(db).await;
    let (product, policy) = shop(&fixture, seats(1)).await;
    let bad = LicenseForm { email: "nobody".to_owned(), ..form() };
    assert_err!(issued(&fixture, (&product, &policy), vec![form(), bad], 1).await, Error::Invalid(_));
    assert_err!(issued(&fixture, (&product, &policy), vec![form()], 2).await, Error::Refused(_));
    assert!(!fixture.service.store().read().await.unwrap().on().has_licenses().await.unwrap());
});
