//! Several instances on one database.

use futures_util::future::join_all;
use licensing::{ActivationCode, Span, Terms, product::Algorithm, terms::Validity};
use service::{NewOwner, PolicyForm, Service, store::Store};
use testing::{Engine, contract};

use crate::test_service::{ISSUER, TestService, asking, lease, origin, seats};

/// Activates this many devices at each instance concurrently. Returns the number of grants.
async fn rush(instances: &[&Service], code: &ActivationCode, devices: usize) -> usize {
    let asked = (0..devices).flat_map(|n| {
        instances.iter().enumerate().map(move |(i, service)| {
            let asking = asking(code, &format!("device {n} of {i}"));
            async move { service.activations().activate(asking).await.is_ok() }
        })
    });
    join_all(asked).await.into_iter().filter(|granted| *granted).count()
}

contract!(two_instances_share_exactly_five_seats, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    for _ in 0..5 {
        let (_, license, code) = fixture.licensed(seats(5)).await;
        assert_eq!(rush(&[&fixture.service, &other], &code, 32).await, 5);
        assert_eq!(fixture.seats(&license).await, 5);
    }
    other.close().await;
});

/// A server-wide default of `repeatable read` would count the seats as of before the lock.
#[test]
fn a_default_isolation_level_set_on_the_server_does_not_oversell() {
    testing::run(Engine::Postgres, async |db| {
        let fixture = TestService::open(db).await;
        let url = format!("{}?options[default_transaction_isolation]=repeatable%20read", db.url());
        let mut instances = vec![];
        for _ in 0..2 {
            let store = Store::open(&url).await.unwrap();
            let clock = fixture.clock.clone();
            instances.push(Service::open(store, &fixture.key, clock, ISSUER.to_owned()).await.unwrap());
        }
        for _ in 0..5 {
            let (_, license, code) = fixture.licensed(seats(5)).await;
            assert_eq!(rush(&[&instances[0], &instances[1]], &code, 32).await, 5);
            assert_eq!(fixture.seats(&license).await, 5);
        }
        for instance in instances {
            instance.close().await;
        }
    });
}

contract!(one_device_at_two_instances_has_one_session, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    for n in 0..10 {
        let (_, license, code) = fixture.licensed(seats(5)).await;
        let asked = [&fixture.service, &other, &fixture.service, &other]
            .map(|s| s.activations().activate(asking(&code, "the device")));
        let sessions: Vec<_> = join_all(asked).await.into_iter().map(|given| given.unwrap().0.session_id).collect();
        assert!(sessions.iter().all(|id| *id == sessions[0]), "round {n}: {sessions:?}");
        assert_eq!(fixture.seats(&license).await, 1);
    }
    other.close().await;
});

contract!(two_concurrent_first_devices_start_the_license_once, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    let validity = Validity::FromFirstActivation(Span::days(10).into());
    let terms = Terms { validity, lease: lease(Span::days(30)), ..seats(50) };
    let (_, license, code) = fixture.licensed(terms).await;
    assert_eq!(rush(&[&fixture.service, &other], &code, 8).await, 16);
    let started = fixture.service.licenses().license(license.id).await.unwrap().license.first_activated_at;
    assert_eq!(started, Some(fixture.clock.now()));

    fixture.clock.advance(86_400);
    let later = fixture.activate(&code, "later").await.unwrap();
    assert_eq!(fixture.service.licenses().license(license.id).await.unwrap().license.first_activated_at, started);
    assert_eq!(later.license_ends_at, started.map(|at| Span::days(10).after(at)));
    assert_eq!(Some(later.lease_ends_at), later.license_ends_at, "no lease outlasts its license");
    other.close().await;
});

contract!(instances_that_make_a_first_key_at_once_make_only_one, async |db| {
    let fixture = TestService::open(db).await;
    let others = join_all((0..4).map(|_| fixture.second_instance(db))).await;
    let made = others.iter().enumerate().map(|(n, service)| {
        let form = service::ProductForm {
            code: format!("product-{n}"),
            name: "Drift".to_owned(),
            algorithm: Algorithm::EdDSA,
            ..Default::default()
        };
        service.licenses().create_product(form, &fixture.actor)
    });
    assert!(join_all(made).await.iter().all(Result::is_ok));
    assert_eq!(db.number("SELECT COUNT(*) FROM signing_keys WHERE algorithm = 'EdDSA'").await, 1);
    assert_eq!(db.number("SELECT COUNT(*) FROM signing_keys").await, 2, "plus the key made at the start");
    assert_eq!(fixture.events_of("signing_key.created").await.len(), 2);
    for other in &others {
        assert_eq!(other.keys().jwks().await["keys"].as_array().unwrap().len(), 2);
        other.close().await;
    }
});

contract!(concurrent_changes_to_a_policy_leave_events_without_a_gap, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    let (policy, ..) = fixture.licensed(seats(1)).await;
    let changes = (2..12).map(|n| {
        let service = if n % 2 == 0 { &fixture.service } else { &other };
        service.licenses().change_policy(
            policy.id,
            PolicyForm { name: policy.name.clone(), terms: seats(n) },
            &fixture.actor,
        )
    });
    assert!(join_all(changes).await.iter().all(Result::is_ok));
    let events = fixture.events_of("policy.changed").await;
    let befores: std::collections::HashSet<_> =
        events.iter().map(|e| e.before.as_ref().unwrap()["terms"]["seats"].to_string()).collect();
    assert_eq!((events.len(), befores.len()), (10, 10), "each change begins where another one ended");
    other.close().await;
});

contract!(setup_links_of_two_instances_make_one_owner, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    for _ in 0..5 {
        let (one, two) = tokio::join!(fixture.service.accounts().new_setup_link(), other.accounts().new_setup_link());
        assert!(one.unwrap().is_some() && two.unwrap().is_some());
        assert_eq!(db.number("SELECT COUNT(*) FROM setup_links").await, 1, "the later link replaced the earlier one");
    }
    let link = fixture.service.accounts().new_setup_link().await.unwrap().unwrap();
    let owner = |name: &str| NewOwner {
        name: name.to_owned(),
        email: format!("{name}@example.com"),
        password: "a kettle of blue fish".to_owned(),
        provider_name: "Engines".to_owned(),
        provider_email: String::new(),
    };
    let (one, two) = tokio::join!(
        fixture.service.accounts().set_up(&link, owner("ada"), origin(1)),
        other.accounts().set_up(&link, owner("bob"), origin(2)),
    );
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(db.number("SELECT COUNT(*) FROM accounts").await, 1);
    other.close().await;
});
