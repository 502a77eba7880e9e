//! The device's name and platform: shown to support, without influence on any decision.

use serde_json::json;
use testing::contract;

use crate::{
    fixture::{Issued, JWT, Server},
    offline::{Device, OFFLINE, Response, bring},
};

/// The name and the platform of the only device, as support sees them.
async fn kept(server: &Server, license: &Issued) -> [Option<String>; 2] {
    let devices = server.service.store().read().await.unwrap().on().activations(license.id, 10).await.unwrap();
    let [device] = devices.try_into().unwrap();
    [device.device_name, device.platform]
}

contract!(a_device_is_admitted_with_any_details, async |db| {
    let server = Server::on(db).await;
    let darwin =
        "Darwin 24.1.0 Darwin Kernel Version 24.1.0: Thu Oct 10 21:05:14 PDT 2024; root:xnu-11215.41.3~2/RELEASE";
    let cut = format!("{}…", &darwin[..79]);
    for (sent, expected) in [
        (json!(darwin), Some(cut.as_str())),
        (json!("🦊".repeat(81)), Some(format!("{}…", "🦊".repeat(79)).as_str())),
        (json!("🦊".repeat(80)), Some("🦊".repeat(80).as_str())),
        (json!("  Mix\r\n\tRoom\u{0} "), Some("Mix Room")),
        (json!("a\u{1b}[2Jb"), Some("a [2Jb")),
        (json!("\u{202e}Studio\u{2066}\u{feff}"), Some("Studio")),
        (json!("\u{202e}\u{7}"), None),
        (json!(10.15), Some("10.15")),
        (json!(true), None),
        (json!(["macOS"]), None),
        (json!({ "os": "macOS" }), None),
    ] {
        for (place, member) in ["deviceName", "platform"].into_iter().enumerate() {
            let license = server.license().create().await;
            server.activate_with(&license, "device-1", json!({ member: sent })).await.token();
            assert_eq!(kept(&server, &license).await[place].as_deref(), expected, "{member}: {sent}");
        }
    }
});

contract!(a_name_with_invalid_unicode_is_shown_as_far_as_possible, async |db| {
    let server = Server::on(db).await;
    for (sent, expected) in [
        (&br"Fox \ud83d"[..], "Fox \u{fffd}"),
        (br"\udd8a\ud83d Fox", "\u{fffd} Fox"),
        (b"M\xfcnchen", "M\u{fffd}nchen"),
    ] {
        let license = server.license().create().await;
        let head = format!(r#"{{"activationCode": "{}", "fingerprint": "x", "deviceName": ""#, license.code);
        let body = [head.as_bytes(), sent, br#"", "platform": ""#, sent, br#""}"#].concat();
        server.post_text(JWT, body).await.token();
        assert_eq!(kept(&server, &license).await, [Some(expected.to_owned()), Some(expected.to_owned())]);
    }
});

contract!(renewals_and_offline_requests_are_as_lenient, async |db| {
    let server = Server::on(db).await;
    let (license, offline) = (server.license().create().await, server.license().create().await);
    let token = server.activate(&license, "device-1").await;
    let (text, session) = (token.json().as_str().unwrap().to_owned(), token.token().claims["sid"].clone());
    let path = format!("/api/v1/activations/{}/renew", session.as_str().unwrap());
    let renewal = axum::http::Request::post(path)
        .header("authorization", format!("Bearer {text}"))
        .header("content-type", "application/json")
        .body(json!({ "deviceName": "x".repeat(200), "platform": 7, "requestedLeaseDuration": "" }).to_string().into());
    assert_eq!(server.send(renewal.unwrap()).await.status, 200);
    assert_eq!(kept(&server, &license).await[0].as_ref().map(|name| name.chars().count()), Some(80));

    let device = Device::new("probe");
    let mut claims = device.asks(&offline, 1, &server);
    claims["aud"] = json!("drift-pro-1");
    claims["deviceName"] = json!("y".repeat(200));
    claims["platform"] = json!("a\nb");
    for (member, empty) in
        [("email", json!("")), ("targetSoftwareVersion", json!(null)), ("requestedLeaseDuration", json!(20.0))]
    {
        claims[member] = empty;
    }
    claims["iat"] = json!(server.now().timestamp() as f64 + 0.5);
    let broken = claims.to_string().replace("yyyy\"", r#"y\ud83d""#);
    Response::of(&bring(&server, OFFLINE, device.sign_text(&device.header().to_string(), &broken)).await);
    assert_eq!(kept(&server, &offline).await[1].as_deref(), Some("a b"));
});
