//! The vendor's profile, which every answer of the public API names.

use testing::contract;

use crate::{
    first_start::{a_link, ada},
    test_service::{TestService, origin},
};

contract!(the_vendor_is_read_once_and_then_known_without_the_database, async |db| {
    let fixture = TestService::open(db).await;
    let link = a_link(&fixture).await;
    assert_eq!(fixture.service.vendor().provider().await.unwrap().name, "", "the server is not set up");
    fixture.service.accounts().set_up(&link, ada(), origin(1)).await.unwrap();
    assert_eq!(
        fixture.service.vendor().provider().await.unwrap().name,
        "Analytical Engines",
        "a write invalidates the cache"
    );

    fixture.service.close().await;
    assert_eq!(fixture.service.vendor().provider().await.unwrap().name, "Analytical Engines", "the profile is cached");
    fixture.service.vendor().refresh_provider().await.unwrap_err();
    assert_eq!(
        fixture.service.vendor().provider().await.unwrap().name,
        "Analytical Engines",
        "an outage does not clear the cache"
    );
});

contract!(another_instance_knows_the_vendor_after_its_next_refresh, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    assert_eq!(other.vendor().provider().await.unwrap().name, "");
    let link = a_link(&fixture).await;
    fixture.service.accounts().set_up(&link, ada(), origin(1)).await.unwrap();

    other.vendor().refresh_provider().await.unwrap();
    assert_eq!(other.vendor().provider().await.unwrap().name, "Analytical Engines");
    other.close().await;
});
