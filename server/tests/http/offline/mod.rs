//! Offline requests, and offline releases with the proof that a token was deleted.

mod abuse;
mod device;
mod release;
mod vectors;

use axum::http::{Request, header::CONTENT_TYPE};
use licensing::{Span, license::StateChange, offline::MAX_AGE, terms::Lease};
use serde_json::json;
use service::Actor;
use testing::contract;

use crate::fixture::Server;
pub(crate) use device::{Device, OFFLINE, RELEASE, Response, bring};

contract!(a_device_without_a_network_gets_a_token_by_its_request, async |db| {
    let server = Server::on(db).await;
    let year = Lease { default: Span::days(30), minimum: Span::days(1), maximum: Span::days(365) };
    let license = server.license().terms(|terms| terms.lease = year).create().await;
    let device = Device::new("probe");
    let mut claims = device.asks(&license, 1, &server);
    claims["requestedLeaseDuration"] = json!("P300D");

    let answer = bring(&server, OFFLINE, device.request(&claims)).await;

    assert_eq!(
        (answer.header(CONTENT_TYPE), answer.header("cache-control")),
        ("text/plain; charset=utf-8", "no-store")
    );
    assert!(
        answer.text().is_ascii() && answer.text().lines().all(|line| line.len() <= 64),
        "the response survives mail"
    );
    let response = Response::of(&answer);
    assert_eq!(response.token.header["typ"], "license+jwt");
    assert!(response.token.is_signed_by(&json!({ "keys": [response.key] })), "signed by the key that it contains");
    assert!(response.token.is_signed_by(&server.get("/.well-known/jwks.json").await.json()), "the key is published");
    let lease = response.token.claims["license"]["leaseEndsAt"].as_i64().unwrap() - server.now().timestamp();
    assert_eq!(lease, 300 * 86_400);
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});

contract!(the_same_device_requests_again_with_another_nonce_and_keeps_its_seat, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let first = Response::of(&bring(&server, OFFLINE, device.request(&device.asks(&license, 1, &server))).await);

    let second = bring(&server, OFFLINE, device.request(&device.asks(&license, 2, &server))).await;

    assert_eq!(Response::of(&second).session(), first.session());
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});

contract!(the_newer_name_of_the_algorithm_is_accepted_too, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let mut header = device.header();
    header["alg"] = json!("Ed25519");
    Response::of(&bring(&server, OFFLINE, device.sign(&header, &device.asks(&license, 1, &server))).await);
});

contract!(a_request_in_json_is_answered_in_json, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let compact = device.sign(&device.header(), &device.asks(&license, 1, &server));

    let answer = server.post(OFFLINE, &json!({ "request": compact })).await;

    assert_eq!(answer.status, 200, "{}", answer.text());
    let response = Response::read(answer.json()["response"].as_str().unwrap());
    assert_eq!(response.token.claims["sub"], license.id.to_string());
});

contract!(a_request_survives_the_changes_that_mail_makes, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let quoted = |file: &str| file.lines().map(|line| format!("> > {line}\n")).collect::<String>();
    let spoiled: [&dyn Fn(&str) -> String; 6] = [
        &|file| file.replace('\n', "\r\n"),
        &|file| file.lines().map(|line| format!("  {line} \t \r\n")).collect(),
        &|file| format!("Dear vendor,\n\nhere it is:\n\n{}\nRegards\n-- \nIngrid", quoted(file)),
        &|file| file.replace('\n', "\n\n"),
        &|file| format!("\u{feff}{}", file.trim_end()),
        &|file| file.lines().map(|line| format!("{line} \n ")).collect(),
    ];
    for (n, spoil) in (1..).zip(spoiled) {
        let file = device.request(&device.asks(&license, n, &server));

        let answer = bring(&server, OFFLINE, spoil(&file)).await;

        assert_eq!(answer.status, 200, "way {n}: {}", answer.text());
    }
});

contract!(a_request_is_accepted_once_and_the_refusal_says_what_to_do, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(5).create().await;
    let device = Device::new("probe");
    let file = device.request(&device.asks(&license, 1, &server));
    Response::of(&bring(&server, OFFLINE, file.clone()).await);
    server.advance_days(1);

    let again = bring(&server, OFFLINE, file.clone()).await;

    assert_eq!(again.bad_fields(), ["jti"]);
    let detail = again.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("replayed") && detail.contains("ask your vendor to write it again"), "{detail}");
    // The device cannot use the nonce in another request either, but another device may have the same one by chance.
    let mut renamed = device.asks(&license, 1, &server);
    renamed["deviceName"] = json!("Another name");
    assert_eq!(bring(&server, OFFLINE, device.request(&renamed)).await.bad_fields(), ["jti"]);
    let other = Device::new("other");
    Response::of(&bring(&server, OFFLINE, other.request(&other.asks(&license, 1, &server))).await);
    // Even if the license has changed in the meantime.
    server
        .service
        .licenses()
        .change_state(license.id, StateChange::Suspend, "Unpaid.", &Actor::command())
        .await
        .unwrap();
    assert_eq!(bring(&server, OFFLINE, file).await.bad_fields(), ["jti"]);
});

contract!(of_16_concurrent_copies_of_a_request_one_is_granted, async |db| {
    let server = Server::on(db).await;
    for round in 0..8 {
        let license = server.license().seats(20).create().await;
        let device = Device::new(&format!("probe {round}"));
        let mut claims = device.asks(&license, round, &server);
        claims["aud"] = json!(if round == 0 { "drift-pro".to_owned() } else { format!("drift-pro-{round}") });
        let file = device.request(&claims);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let (server, file) = (server.clone(), file.clone());
            tasks.spawn(async move { bring(&server, OFFLINE, file).await });
        }

        let answers = tasks.join_all().await;

        let (granted, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!(granted.len(), 1, "round {round}");
        refused.iter().for_each(|answer| assert_eq!(answer.bad_fields(), ["jti"]));
        assert_eq!(license.devices_and_seats(&server).await, (1, 1));
    }
});

contract!(a_refused_request_may_be_submitted_again, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    server.activate(&license, "another device").await;
    let device = Device::new("probe");
    let file = device.request(&device.asks(&license, 1, &server));

    let refused = bring(&server, OFFLINE, file.clone()).await;
    server.revoke(&license, "another device").await;
    let granted = bring(&server, OFFLINE, file).await;

    assert_eq!(refused.problem(), (409, "seat_limit".to_owned()));
    Response::of(&granted);
});

contract!(a_request_for_another_product_is_refused_with_the_reason, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let mut claims = device.asks(&license, 1, &server);
    claims["aud"] = json!("drift-lite");

    let answer = bring(&server, OFFLINE, device.request(&claims)).await;

    assert_eq!(answer.bad_fields(), ["aud"]);
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("“drift-lite”") && detail.contains("“drift-pro”"), "{detail}");
    assert_eq!(license.devices_and_seats(&server).await, (0, 0));
});

contract!(an_unknown_code_is_answered_as_online_for_any_product, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let unknown = license.typed("NOBODY-WAS-GIVEN-THIS");
    for (n, aud) in (1..).zip(["drift-pro", "drift-lite"]) {
        let mut claims = device.asks(&unknown, n, &server);
        claims["aud"] = json!(aud);
        let answer = bring(&server, OFFLINE, device.request(&claims)).await;
        assert_eq!(answer.problem(), (404, "code_not_found".to_owned()));
    }
});

contract!(guessing_codes_in_offline_requests_is_rate_limited_too, async |db| {
    let server = Server::limited_on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let mut last = None;
    for n in 0..31 {
        let unknown = license.typed(format!("IMPORTED-{n}"));
        last = Some(bring(&server, OFFLINE, device.request(&device.asks(&unknown, n, &server))).await);
    }
    assert_eq!(last.unwrap().problem(), (429, "rate_limited".to_owned()));
});

contract!(a_request_is_valid_for_a_month_and_from_a_clock_slightly_ahead, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let month = i64::try_from(MAX_AGE.as_seconds()).unwrap();
    for (n, (off, good)) in (1..).zip([(1 - month, true), (-month, false), (86_400, true), (86_401, false)]) {
        let mut claims = device.asks(&license, n, &server);
        claims["iat"] = json!(server.now().timestamp() + off);

        let answer = bring(&server, OFFLINE, device.request(&claims)).await;

        match good {
            true => assert_eq!(answer.status, 200, "{off}: {}", answer.text()),
            false => assert_eq!(answer.bad_fields(), ["iat"], "{off}"),
        }
    }
});

contract!(a_setting_limits_the_age_of_requests, async |db| {
    let settings = [("LATCHKEY_RATE_LIMITS", "off"), ("LATCHKEY_OFFLINE_REQUESTS_DAYS", "60")];
    let server = Server::with(db, &settings).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let of_age = |nonce: u32, days: i64| {
        let mut claims = device.asks(&license, nonce, &server);
        claims["iat"] = json!(server.now().timestamp() - days * 86_400);
        device.request(&claims)
    };
    assert_eq!(bring(&server, OFFLINE, of_age(1, 59)).await.status, 200);
    let answer = bring(&server, OFFLINE, of_age(2, 61)).await;
    assert_eq!(answer.bad_fields(), ["iat"]);
    assert!(answer.text().contains("or set its clock first"), "{}", answer.text());
});

contract!(a_file_in_another_encoding_is_read_by_its_block, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let file = |nonce| device.request(&device.asks(&license, nonce, &server));
    let utf16 = |text: String| format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let latin1 = |text: String| [b"F\xfcr M\xfcller:\n", text.as_bytes()].concat();
    for body in [utf16(file(1)), latin1(file(2))] {
        let request = Request::post(OFFLINE).header(CONTENT_TYPE, "text/plain").body(body.into()).unwrap();
        let answer = server.send(request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
});

contract!(the_content_type_says_what_the_file_is, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let device = Device::new("probe");
    let file = device.request(&device.asks(&license, 1, &server));
    for kind in ["application/octet-stream", "text/html", "multipart/form-data"] {
        let request = Request::post(OFFLINE).header(CONTENT_TYPE, kind).body(file.clone().into()).unwrap();
        assert_eq!(server.send(request).await.problem(), (415, "unsupported_media_type".to_owned()), "{kind}");
    }
});
