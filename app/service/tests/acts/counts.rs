//! Counts of licenses and seats.

use licensing::license::StateChange;
use service::LicenseForm;
use testing::contract;

use crate::test_service::{TestService, seats};

contract!(a_small_server_counts_on_every_request, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, license, code) = fixture.licensed(seats(3)).await;
    fixture.license(&policy).await;
    fixture.activate(&code, "device").await.unwrap();
    fixture.service.licenses().change_state(license.id, StateChange::Suspend, "a test", &fixture.actor).await.unwrap();
    // The background refresh changes nothing here.
    fixture.service.counter().refresh_counts().await.unwrap();

    let counts = fixture.service.counter().counts().await.unwrap().unwrap();
    assert_eq!((counts.licenses, counts.active, counts.seats), (2, 1, 1));
    assert_eq!((counts.of_policies(&[policy.id]), counts.of_policies(&[license.id])), (Some(2), Some(0)));
    fixture.license(&policy).await;
    assert_eq!(fixture.service.counter().counts().await.unwrap().unwrap().licenses, 3);
});

contract!(a_large_server_counts_in_the_background, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, ..) = fixture.licensed(seats(3)).await;
    for _ in 0..4 {
        let forms = vec![LicenseForm::default(); 2_500];
        fixture.service.licenses().create_licenses(policy.id, forms, &fixture.actor).await.unwrap();
    }
    assert_eq!(fixture.service.counter().counts().await.unwrap(), None, "10,001 licenses are too many to wait for");

    fixture.service.counter().refresh_counts().await.unwrap();
    let counts = fixture.service.counter().counts().await.unwrap().unwrap();
    assert_eq!((counts.licenses, counts.active, counts.of_policies(&[policy.id])), (10_001, 10_001, Some(10_001)));
    assert_eq!(counts.of_policies(&[]), None, "a policy without a count may have its first license by now");

    fixture.license(&policy).await;
    fixture.service.counter().refresh_counts().await.unwrap();
    assert_eq!(
        fixture.service.counter().counts().await.unwrap().unwrap().licenses,
        10_001,
        "not counted again so soon"
    );
    fixture.service.counter().count_again().await.unwrap();
    assert_eq!(fixture.service.counter().counts().await.unwrap().unwrap().licenses, 10_002);
});
