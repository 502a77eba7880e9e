//! Repeated activations of the same device.

use licensing::{
    Span, Terms,
    feature::FeatureValue,
    terms::{Reactivation, Seats, Validity},
};
use service::{LicenseForm, PolicyForm, ProductForm, Trust};
use testing::{Database, contract};

use crate::{
    products::text_feature,
    test_service::{TestService, asking, lease, of, refusal, seats},
    tokens::read_token,
};

/// Number of rows in each of the three tables that an activation writes.
async fn rows(db: &Database) -> [i64; 3] {
    [
        db.number("SELECT COUNT(*) FROM activations").await,
        db.number("SELECT COUNT(*) FROM events").await,
        db.number("SELECT COUNT(*) FROM decisions").await,
    ]
}

contract!(a_repeat_writes_nothing_and_returns_its_decision, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let (first, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    let (before, record) = (rows(db).await, fixture.devices(&license).await);
    fixture.clock.advance(299);
    let (again, fresh) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    assert_eq!((again.session_id, again.decision), (first.session_id, first.decision));
    assert_eq!((rows(db).await, fixture.devices(&license).await), (before, record));

    let (old, new) = (read_token(&fixture, &token).await, read_token(&fixture, &fresh).await);
    assert_eq!(
        (new.exp, new.license.lease_ends_at),
        (old.exp, old.license.lease_ends_at),
        "a repeat grants no more than recorded"
    );
    assert_eq!((new.license.issued_at, new.jti != old.jti), (old.license.issued_at + 299, true));
});

contract!(a_device_that_activates_again_later_renews_its_lease, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let first = fixture.activate(&code, "one").await.unwrap();
    fixture.clock.advance(301);
    let again = fixture.activate(&code, "one").await.unwrap();
    assert_eq!(again.session_id, first.session_id);
    assert_ne!(again.decision, first.decision);
    assert_eq!(again.lease_ends_at, first.lease_ends_at + chrono::TimeDelta::seconds(301));
    assert_eq!(fixture.devices(&license).await[0].last_seen_at, fixture.clock.now());
    let [event] = fixture.events_of("device.renewed").await.try_into().unwrap();
    assert_eq!((event.subject_id, event.license_id), (Some(first.session_id), Some(license.id)));
    assert_eq!(db.number("SELECT COUNT(*) FROM decisions").await, 2);
});

contract!(a_repeat_after_a_change_of_terms_gets_the_new_terms, async |db| {
    let fixture = TestService::open(db).await;
    let product = ProductForm {
        code: "drift".to_owned(),
        name: "Drift".to_owned(),
        features: vec![text_feature("tier", "basic")],
        ..ProductForm::default()
    };
    let product = fixture.service.licenses().create_product(product, &fixture.actor).await.unwrap();
    let policy = fixture.policy(&product, seats(1)).await;
    let (license, code) = fixture.license(&policy).await;
    let first = fixture.activate(&code, "one").await.unwrap();

    let terms = Terms { grace: Span::days(1), ..seats(1) };
    let form = PolicyForm { name: "Strict".to_owned(), terms };
    fixture.service.licenses().change_policy(policy.id, form, &fixture.actor).await.unwrap();
    let second = fixture.activate(&code, "one").await.unwrap();
    assert_eq!((second.snapshot.policy.as_str(), second.snapshot.grace), ("Strict", Span::days(1)));
    assert!(second.token_expires_at < first.token_expires_at);

    let features = [("tier".to_owned(), FeatureValue::Text("gold".to_owned()))].into();
    let form = LicenseForm { customer: "Bolt".to_owned(), features, ..LicenseForm::default() };
    fixture.service.licenses().change_license(license.id, form, &fixture.actor).await.unwrap();
    let third = fixture.activate(&code, "one").await.unwrap();
    assert_eq!(third.snapshot.features["tier"], FeatureValue::Text("gold".to_owned()));
    assert_eq!(third.snapshot.customer.as_deref(), Some("Bolt"));

    let [device] = fixture.devices(&license).await.try_into().unwrap();
    assert_eq!(device.snapshot, third.snapshot);
    assert_eq!((first.session_id, second.session_id), (third.session_id, third.session_id));
    assert_eq!(fixture.events_of("device.renewed").await.len(), 2);
});

contract!(changed_device_details_are_stored, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let named = |name: Option<&str>, version: Option<&str>| {
        let mut asking = asking(&code, "one");
        asking.device_name = name.map(str::to_owned);
        asking.request.version = version.map(|v| licensing::Version::read(v).unwrap());
        asking
    };
    fixture.service.activations().activate(named(Some("Kim's laptop"), Some("2.1.0"))).await.unwrap();
    fixture.service.activations().activate(named(None, None)).await.unwrap();
    assert_eq!(fixture.events_of("device.renewed").await.len(), 0, "a request without details changes nothing");
    fixture.service.activations().activate(named(None, Some("2.2.0"))).await.unwrap();
    let [device] = fixture.devices(&license).await.try_into().unwrap();
    assert_eq!(device.device_name.as_deref(), Some("Kim's laptop"));
    assert_eq!(device.software_version.as_deref(), Some("2.2.0"));
});

contract!(with_reactivation_refused_a_device_activates_once, async |db| {
    let fixture = TestService::open(db).await;
    let terms = Terms { reactivation: Reactivation::Refuse, seats: Seats::Unlimited, ..Terms::default() };
    let (_, _, code) = fixture.licensed(terms).await;
    fixture.activate(&code, "one").await.unwrap();
    assert_eq!(refusal(fixture.activate(&code, "one").await).code(), "already_activated");
    fixture.clock.advance(86_400);
    assert_eq!(refusal(fixture.activate(&code, "one").await).code(), "already_activated");
    fixture.activate(&code, "two").await.unwrap();
});

contract!(until_its_last_second_a_license_issues_tokens_that_end_with_it, async |db| {
    let fixture = TestService::open(db).await;
    let terms = Terms { validity: Validity::FromIssue(Span::hours(1).into()), ..seats(1) };
    let (_, license, code) = fixture.licensed(terms).await;
    let end = Span::hours(1).after(license.issued_at).timestamp();
    for step in [3000, 500, 90, 9] {
        fixture.clock.advance(step);
        let (activated, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
        let claims = read_token(&fixture, &token).await;
        assert_eq!((claims.exp, activated.license_ends_at.unwrap().timestamp()), (end, end));
        assert!(claims.iat < claims.exp);
    }
    fixture.clock.advance(1);
    assert_eq!(refusal(fixture.activate(&code, "one").await), licensing::Refusal::CodeNotFound { ended: true });
});

contract!(a_seat_is_held_longer_than_its_tokens_under_any_clock_change, async |db| {
    let fixture = TestService::open(db).await;
    let terms = Terms { lease: licensing::terms::Lease { minimum: Span::minutes(1), ..seats(1).lease }, ..seats(1) };
    let (_, license, code) = fixture.licensed(terms).await;
    let (mut longest, mut random) = (0, 1_u64);
    for _ in 0..60 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let step = i64::try_from(random >> 40).unwrap() % 20_000;
        fixture.clock.advance(if random >> 63 == 0 { step } else { -step });
        if fixture.service.timekeeper().trust() != Trust::Good {
            fixture.service.timekeeper().confirm_time(&fixture.actor).await.unwrap();
        }
        let mut asking = asking(&code, "one");
        asking.request.lease = (random >> 62 & 1 == 1).then(|| Span::seconds(60 + (random >> 50)));
        let (_, token) = fixture.service.activations().activate(asking).await.unwrap();
        let claims = read_token(&fixture, &token).await;
        assert!(claims.iat < claims.exp && claims.license.issued_at == fixture.clock.now().timestamp());
        longest = claims.exp.max(longest);
        let [device] = fixture.devices(&license).await.try_into().unwrap();
        assert!(device.hold_until.timestamp() >= longest + 300, "the seat is free before the token ends");
    }
});

contract!(the_longest_possible_lease_can_be_signed, async |db| {
    let fixture = TestService::open(db).await;
    let century = Span::days(36_525);
    let terms = Terms { lease: lease(century), grace: century, ..seats(1) };
    let (policy, _, code) = fixture.licensed(terms).await;
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    assert_eq!(read_token(&fixture, &token).await.exp, fixture.clock.now().timestamp() + 2 * 36_525 * 86_400);
    // In the year 9900, less than two hundred years remain that a token can express.
    fixture.clock.advance(7_873 * 365 * 86_400);
    let (_, code) = fixture.service.licenses().create_license(of(&policy), &fixture.actor).await.unwrap();
    let (activated, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    assert_eq!(activated.token_expires_at, licensing::span::LAST_MOMENT);
    assert!(!token.is_empty());
});
