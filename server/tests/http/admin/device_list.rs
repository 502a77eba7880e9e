//! The list of all devices.

use licensing::Role;
use serde_json::json;
use testing::contract;

use super::{
    devices::page_text,
    person::{accounts, signed_in},
};
use crate::fixture::{Html, Server};

contract!(all_devices_are_listed_with_their_licenses_and_filters_narrow_the_list, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    assert!(page_text(&owner.open("/devices").await).contains("No devices yet"));
    let license = server.license().create().await;
    let about = |name| json!({ "deviceName": name, "platform": "Windows 11", "targetSoftwareVersion": "4.2.1" });
    server.activate_with(&license, "one", about("Mix Room A")).await.token();
    server.clock.advance(40 * 86_400);
    let owner = signed_in(&server, Role::Owner).await;
    server.activate_with(&license, "two", about("Schnittplatz Süd")).await.token();
    let (first, second) = ("Mix Room A", "Schnittplatz Süd");
    for (query, expected) in [
        ("", vec![second, first]),
        ("?q=mix+room", vec![first]),
        ("?q=SCHNITTPLATZ+sud", vec![second]),
        ("?q=4.2.1", vec![second, first]),
        ("?seen=7d", vec![second]),
        ("?seen=not-30d", vec![first]),
        ("?seat=held", vec![second]),
        ("?seat=free", vec![first]),
        ("?q=elsewhere", vec![]),
        ("?product=019ab2c4-0000-7000-8000-000000000000", vec![]),
    ] {
        let answer = owner.open(&format!("/devices{query}")).await;
        let text = page_text(&answer);
        let mut found: Vec<_> = [first, second].into_iter().filter_map(|name| Some((text.find(name)?, name))).collect();
        found.sort_unstable();
        assert_eq!(found.into_iter().map(|(_, name)| name).collect::<Vec<_>>(), expected, "{query}: {text}");
        assert_eq!(text.contains("No matching devices"), expected.is_empty(), "{query}");
        if !expected.is_empty() {
            assert!(text.contains("Ingrid Solberg") && text.contains("Drift Pro"), "{query}: {text}");
            assert!(Html::read(answer.text()).links.contains(&format!("/licenses/{}", license.id)), "{query}");
        }
    }
});
