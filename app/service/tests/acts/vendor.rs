//! The vendor's profile, which every answer of the public API names.

use testing::contract;

use crate::{
    first_start::{a_link, ada},
    house::{House, origin},
};

contract!(the_vendor_is_read_once_and_then_known_without_the_database, async |db| {
    let house = House::open(db).await;
    let link = a_link(&house).await;
    assert_eq!(house.service.provider().await.unwrap().name, "", "the server is not set up");
    house.service.set_up(&link, ada(), origin(1)).await.unwrap();
    assert_eq!(house.service.provider().await.unwrap().name, "Analytical Engines", "a write invalidates the cache");

    house.service.close().await;
    assert_eq!(house.service.provider().await.unwrap().name, "Analytical Engines", "the profile is cached");
    house.service.refresh_provider().await.unwrap_err();
    assert_eq!(
        house.service.provider().await.unwrap().name,
        "Analytical Engines",
        "an outage does not clear the cache"
    );
});

contract!(another_instance_knows_the_vendor_after_its_next_refresh, async |db| {
    let house = House::open(db).await;
    let other = house.beside(db).await;
    assert_eq!(other.provider().await.unwrap().name, "");
    let link = a_link(&house).await;
    house.service.set_up(&link, ada(), origin(1)).await.unwrap();

    other.refresh_provider().await.unwrap();
    assert_eq!(other.provider().await.unwrap().name, "Analytical Engines");
    other.close().await;
});
