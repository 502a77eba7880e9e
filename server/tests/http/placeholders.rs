//! Placeholder fingerprints, which many machines share.

use serde_json::json;
use testing::contract;

use crate::{
    fixture::{JWT, Server},
    offline::{Device, OFFLINE, bring},
};

const PLACEHOLDER: &str = "To be filled by O.E.M.";

contract!(a_placeholder_fingerprint_is_refused_and_takes_no_seat, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    for placeholder in [PLACEHOLDER, "Default string", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(server.activate(&license, placeholder).await.bad_fields(), ["fingerprint"], "{placeholder}");
    }
    let dry = server.post(&format!("{JWT}?dryRun=true"), &license.asks(PLACEHOLDER, json!({}))).await;
    assert_eq!(dry.bad_fields(), ["fingerprint"]);

    let device = Device { fingerprint: PLACEHOLDER.to_owned(), ..Device::new("probe") };
    let request = device.request(&device.asks(&license, 1, &server));
    assert_eq!(bring(&server, OFFLINE, request).await.bad_fields(), ["fingerprint"]);
    assert_eq!(license.devices_and_seats(&server).await, (0, 0));
    let answer = server.activate(&license, PLACEHOLDER).await;
    assert!(answer.text().contains("is a placeholder that many machines report"), "{}", answer.text());
});

contract!(a_vendor_may_accept_placeholders_and_recorded_devices_continue_when_that_ends, async |db| {
    let lenient =
        Server::with(db, &[("LATCHKEY_RATE_LIMITS", "off"), ("LATCHKEY_PLACEHOLDER_FINGERPRINTS", "on")]).await;
    let license = lenient.license().seats(2).create().await;
    lenient.activate(&license, PLACEHOLDER).await.token();

    let strict = Server::on(db).await;
    strict.activate(&license, PLACEHOLDER).await.token();
    assert_eq!(strict.activate(&license, "Default string").await.bad_fields(), ["fingerprint"]);
    assert_eq!(license.devices_and_seats(&strict).await, (1, 1));
});
