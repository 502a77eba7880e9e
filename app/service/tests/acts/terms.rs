//! Terms that involve more than one license: trials, blocks, pre-registered devices, one seat for several licenses.

use licensing::{
    ActivationCode, Overrides, Span, Terms,
    product::Algorithm,
    terms::{Devices, Identity, Seats, Trial},
};
use service::{LicenseForm, PolicyForm};
use testing::contract;

use crate::test_service::{TestService, lease, refusal, seats};

const DAY: i64 = 86_400;

/// Two licenses of one product, each with a policy of these terms.
async fn two(fixture: &TestService, terms: Terms) -> [ActivationCode; 2] {
    let product = fixture.product("drift", Algorithm::EdDSA).await;
    let (one, two) = (fixture.policy(&product, terms.clone()).await, fixture.policy(&product, terms).await);
    [fixture.license(&one).await.1, fixture.license(&two).await.1]
}

contract!(a_device_tries_a_product_once_with_any_code, async |db| {
    let fixture = TestService::open(db).await;
    let trial = Some(Trial { lasts: Span::days(14), features: Default::default() });
    let [first, second] = two(&fixture, Terms { trial, ..seats(5) }).await;
    let tried = fixture.activate(&first, "one").await.unwrap();
    assert!(tried.snapshot.trial);
    assert_eq!(tried.token_expires_at, Span::days(14).after(fixture.clock.now()), "no token outlives the trial");

    fixture.clock.advance(10 * DAY);
    let again = fixture.activate(&second, "one").await.unwrap();
    assert_eq!(again.token_expires_at, tried.token_expires_at, "another code does not restart the trial");
    fixture.clock.advance(5 * DAY);
    for code in [&first, &second] {
        assert_eq!(refusal(fixture.activate(code, "one").await).code(), "code_not_found");
    }
    fixture.activate(&second, "two").await.unwrap();
});

contract!(a_device_holds_one_seat_among_the_licenses_of_a_product, async |db| {
    let fixture = TestService::open(db).await;
    let [first, second] = two(&fixture, Terms { identity: Identity::Product, ..seats(5) }).await;
    let session = fixture.activate(&first, "one").await.unwrap().session_id;
    assert_eq!(refusal(fixture.activate(&second, "one").await).code(), "already_activated");
    fixture.activate(&first, "one").await.unwrap();
    fixture.activate(&second, "two").await.unwrap();
    fixture.service.devices().revoke_activation(session, "moved", &fixture.actor).await.unwrap();
    fixture.activate(&second, "one").await.unwrap();
});

contract!(a_device_may_hold_seats_of_two_licenses_if_the_terms_look_at_only_one, async |db| {
    let fixture = TestService::open(db).await;
    for identity in [Identity::License, Identity::Policy] {
        let product = fixture.product(&format!("drift-{identity:?}").to_lowercase(), Algorithm::EdDSA).await;
        for _ in 0..2 {
            let policy = fixture.policy(&product, Terms { identity, ..seats(5) }).await;
            let (_, code) = fixture.license(&policy).await;
            fixture.activate(&code, "one").await.unwrap();
        }
    }
});

contract!(a_device_holds_one_seat_among_codes_used_concurrently, async |db| {
    let fixture = TestService::open(db).await;
    let [first, second] = two(&fixture, Terms { identity: Identity::Product, ..seats(5) }).await;
    let other = fixture.second_instance(db).await;
    for device in 0..10 {
        let name = format!("device {device}");
        let here = fixture.activate(&first, &name);
        let there = other.activations().activate(crate::test_service::asking(&second, &name));
        let (here, there) = tokio::join!(here, there);
        assert!(here.is_ok() != there.is_ok(), "{name}: {here:?} {there:?}");
    }
});

contract!(only_pre_registered_devices_activate_where_the_terms_say_so, async |db| {
    let fixture = TestService::open(db).await;
    let product = fixture.product("drift", Algorithm::EdDSA).await;
    let any = fixture.policy(&product, seats(5)).await;
    let entered = fixture.policy(&product, Terms { devices: Devices::Authorized, ..seats(5) }).await;
    let (any, (license, entered)) = (fixture.license(&any).await.1, fixture.license(&entered).await);
    fixture.activate(&any, "one").await.unwrap();
    assert_eq!(refusal(fixture.activate(&entered, "one").await).code(), "device_not_authorized");
    let one = (licensing::Fingerprint::read("one").unwrap(), String::new());
    fixture.service.devices().authorize_devices(license.id, &[one], &fixture.actor).await.unwrap();
    fixture.activate(&entered, "one").await.unwrap();
    assert_eq!(refusal(fixture.activate(&entered, "two").await).code(), "device_not_authorized");
});

contract!(the_effect_of_a_policy_counts_only_the_licenses_that_it_changes, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, ..) = fixture.licensed(seats(3)).await;
    let own = Overrides { seats: Some(Seats::Limited(9)), ..Overrides::default() };
    let own = vec![LicenseForm { overrides: own, ..LicenseForm::default() }];
    fixture.service.licenses().create_licenses(policy.id, own, &fixture.actor).await.unwrap();
    let effect = async |terms| {
        let form = PolicyForm { name: policy.name.clone(), terms };
        let effect = fixture.service.licenses().policy_effect(policy.id, form).await.unwrap();
        (effect.licenses, effect.licenses_narrowed)
    };
    assert_eq!(effect(seats(3)).await, (0, 0), "nothing changes");
    assert_eq!(effect(seats(2)).await, (1, 1), "the other license has a number of its own");
    assert_eq!(effect(seats(4)).await, (1, 0));
    let shorter = Terms { lease: lease(Span::days(1)), ..seats(3) };
    assert_eq!(effect(shorter).await.0, 2);
});
