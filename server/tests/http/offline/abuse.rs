//! Malicious offline files, and files damaged in transit.

use axum::{
    body::Body,
    http::{
        Request,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use testing::contract;

use super::{Device, OFFLINE, RELEASE, bring};
use crate::fixture::Server;

contract!(a_broken_file_is_refused_with_the_position, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let file = device.request(&device.asks(&license, 1, &server));
    let compact = device.sign(&device.header(), &device.asks(&license, 1, &server));
    let lines: Vec<&str> = file.lines().collect();
    let without = |n: usize| [&lines[..n], &lines[n + 1..]].concat().join("\n");
    let forged = {
        let (signed, _) = compact.rsplit_once('.').unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode([0; 64]))
    };
    let cases: Vec<(&str, String, &str)> = vec![
        ("nothing", String::new(), "request"),
        ("white space", " \r\n > \n".to_owned(), "request"),
        ("other text", "Please activate my probe.".to_owned(), "request"),
        ("cut at its end", file[..file.len() / 2].to_owned(), "request"),
        ("without its first line", without(0), "request"),
        ("without its last line", without(lines.len() - 1), "request"),
        ("without a line in the middle", without(6), "signature"),
        ("cut in its signature", compact[..compact.len() - 10].to_owned(), "signature"),
        ("without its signature", compact.rsplit_once('.').unwrap().0.to_owned(), "request"),
        ("with an empty signature", format!("{}.", compact.rsplit_once('.').unwrap().0), "signature"),
        ("with a signature of nothing", forged, "signature"),
        ("with four parts", format!("{compact}.AAAA"), "request"),
        ("twice", format!("{file}\n{file}"), "request"),
        ("beside a response", format!("{file}\n-----BEGIN LATCHKEY RESPONSE-----\n"), "request"),
        ("with another last line", file.replace("END LATCHKEY REQUEST", "END LATCHKEY RELEASE"), "request"),
        ("calls itself a release", file.replace("LATCHKEY REQUEST", "LATCHKEY RELEASE"), "typ"),
        ("calls itself a response", file.replace("LATCHKEY REQUEST", "LATCHKEY RESPONSE"), "request"),
        ("with a NUL", file.replace("\n-----END", "\0\n-----END"), "request"),
        ("with a Cyrillic А", file.replacen('A', "А", 1), "request"),
        ("with a Cyrillic е in its body", file.replacen("eyJ", "еyJ", 1), "request"),
        ("with padding", format!("{compact}=="), "request"),
        ("as long as is read", format!("{}{file}", "x".repeat(16 * 1024 - file.len())), "request"),
    ];
    for (what, text, field) in cases {
        let answer = bring(&server, OFFLINE, text).await;
        assert_eq!(answer.bad_fields(), [field], "a file {what}");
    }
    assert_eq!(license.devices_and_seats(&server).await, (0, 0));
    let large = bring(&server, OFFLINE, "A".repeat(1024 * 1024)).await;
    assert_eq!(large.problem(), (413, "too_large".to_owned()));
    let binary = Request::post(OFFLINE).header(CONTENT_TYPE, "text/plain").body(Body::from(vec![0xff, 0xfe])).unwrap();
    assert_eq!(server.send(binary).await.bad_fields(), ["request"]);
});

contract!(a_header_must_have_exactly_the_required_members, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let x = device.jwk()["x"].clone();
    let short = URL_SAFE_NO_PAD.encode([1; 31]);
    let cases: Vec<(Value, &[&str])> = vec![
        (json!({ "alg": "none" }), &["alg"]),
        (json!({ "alg": "HS256" }), &["alg"]),
        (json!({ "alg": "ES256" }), &["alg"]),
        (json!({ "alg": "eddsa" }), &["alg"]),
        (json!({ "alg": null }), &["alg"]),
        (json!({ "typ": "JWT" }), &["typ", "jwk"]),
        (json!({ "typ": "license+jwt" }), &["typ", "jwk"]),
        (json!({ "typ": "latchkey-release+jwt" }), &["jwk"]),
        (json!({ "typ": "LATCHKEY-REQUEST+JWT" }), &["typ", "jwk"]),
        (json!({ "jwk": "a key" }), &["jwk"]),
        (json!({ "jwk": null }), &["jwk"]),
        (json!({ "jwk": {} }), &["kty", "crv", "x"]),
        (json!({ "jwk": { "kty": "EC", "crv": "P-256", "x": x, "y": x } }), &["kty", "crv", "y"]),
        (json!({ "jwk": { "kty": "OKP", "crv": "X25519", "x": x } }), &["crv"]),
        (json!({ "jwk": { "kty": "OKP", "crv": "Ed25519", "x": short } }), &["x"]),
        (json!({ "jwk": { "kty": "OKP", "crv": "Ed25519", "x": x, "d": x } }), &["d"]),
        (json!({ "kid": "me" }), &["kid"]),
        (json!({ "crit": ["exp"] }), &["crit"]),
        (json!({ "jku": "https://evil.example/keys" }), &["jku"]),
        (json!({ "x5u": "https://evil.example/keys" }), &["x5u"]),
        (json!({ "b64": false }), &["b64"]),
        (json!({ "zip": "DEF" }), &["zip"]),
    ];
    for (changes, fields) in cases {
        let mut header = device.header();
        header.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
        let answer = bring(&server, OFFLINE, device.sign(&header, &device.asks(&license, 1, &server))).await;
        let mut fields = fields.to_vec();
        fields.sort_unstable();
        assert_eq!(answer.bad_fields(), fields, "{changes}");
    }
    let twice = device.header().to_string().replacen('{', r#"{"alg":"none","#, 1);
    let claims = device.asks(&license, 1, &server).to_string();
    assert_eq!(bring(&server, OFFLINE, device.sign_text(&twice, &claims)).await.bad_fields(), ["alg"]);
    assert_eq!(bring(&server, OFFLINE, device.sign_text("[]", &claims)).await.bad_fields(), ["header"]);
    assert_eq!(license.devices_and_seats(&server).await, (0, 0));
});

contract!(all_bad_members_are_reported_at_once, async |db| {
    let server = Server::on(db).await;
    let device = Device::new("probe");
    let claims = json!({
        "aud": "Drift Pro",
        "jti": "too-short",
        "iat": "yesterday",
        "fingerprint": "a\0b",
        "email": "ingrid",
        "requestedLeaseDuration": 36.5,
        "targetSoftwareVersion": "two",
        "deviceName": "a\nb",
        "leese": "P1D",
    });

    let answer = bring(&server, OFFLINE, device.request(&claims)).await;

    assert_eq!(
        answer.bad_fields(),
        ["aud", "email", "fingerprint", "iat", "jti", "leese", "requestedLeaseDuration", "targetSoftwareVersion",]
    );
    let missing = bring(&server, OFFLINE, device.request(&json!({}))).await;
    assert_eq!(missing.bad_fields(), ["aud", "fingerprint", "iat", "jti"]);
});

contract!(unusual_members_do_no_harm, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let good = device.asks(&license, 1, &server).to_string();
    for (from, to, field) in [
        (r#""aud":"drift-pro""#, r#""aud":["drift-pro"]"#, "aud"),
        (r#""aud":"drift-pro""#, r#""aud":"drift-pro","aud":"drift-pro""#, "aud"),
        (r#""aud":"drift-pro""#, r#""aud":"drift-рro""#, "aud"),
        (r#""aud":"drift-pro""#, r#""aud":"drift-pro\u0000""#, "aud"),
        (r#""iat":"#, r#""iat":-"#, "iat"),
        (r#""iat":"#, r#""iat":"0.5","z":"#, "iat"),
        (r#""iat":"#, r#""iat":99999999999999"#, "iat"),
        (r#""fingerprint":"#, r#""fingerprint":"\ud800","f":"#, "request"),
        ("}", "", "request"),
        ("}", "}{}", "request"),
    ] {
        let claims = good.replacen(from, to, 1);
        assert_ne!(claims, good);
        let answer = bring(&server, OFFLINE, device.sign_text(&device.header().to_string(), &claims)).await;
        assert_eq!(answer.bad_fields()[0], field, "{claims}");
    }
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let answer = bring(&server, OFFLINE, device.sign_text(&device.header().to_string(), &deep)).await;
    assert_eq!(answer.bad_fields(), ["request"]);
    assert_eq!(license.devices_and_seats(&server).await, (0, 0));
});

contract!(a_request_a_release_and_a_token_are_never_confused, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(3).create().await;
    let device = Device::new("probe");
    let request = device.sign(&device.header(), &device.asks(&license, 1, &server));
    let online = server.activate(&license, "device-1").await;
    let (token, session) = (online.json().as_str().unwrap().to_owned(), online.token().claims["sid"].clone());
    let release = device.release(&device.gives_up(&session, 1, &server));

    assert!(
        bring(&server, OFFLINE, token.clone()).await.bad_fields().contains(&"typ".to_owned()),
        "a token as a request"
    );
    assert!(
        bring(&server, RELEASE, token.clone()).await.bad_fields().contains(&"typ".to_owned()),
        "a token as a release"
    );
    assert_eq!(bring(&server, OFFLINE, release.clone()).await.bad_fields(), ["typ"], "a release as a request");
    assert_eq!(bring(&server, RELEASE, request.clone()).await.bad_fields(), ["typ"], "a request as a release");
    assert_eq!(bring(&server, RELEASE, release).await.bad_fields(), ["sid"], "a session that was activated online");

    let path = format!("/api/v1/activations/{}", session.as_str().unwrap());
    for (path, bearer) in [(path.as_str(), &request), (OFFLINE, &token)] {
        let call = Request::builder().method(if path == OFFLINE { "POST" } else { "GET" }).uri(path);
        let call = call.header(AUTHORIZATION, format!("Bearer {bearer}")).header(CONTENT_TYPE, "text/plain");
        let answer = server.send(call.body(Body::from(request.clone())).unwrap()).await;
        assert_eq!(answer.problem(), (401, "invalid_token".to_owned()), "{path}");
    }
});

contract!(without_a_code_only_staff_can_choose_the_license, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let mut claims = device.asks(&license, 1, &server);
    claims.as_object_mut().unwrap().remove("activationCode");

    let answer = bring(&server, OFFLINE, device.request(&claims)).await;

    assert_eq!(answer.bad_fields(), ["activationCode"]);
});
