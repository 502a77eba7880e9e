//! `POST /api/v1/activations/license`.

use axum::http::StatusCode;
use licensing::product::Algorithm;
use serde_json::json;
use service::{NewOwner, Origin};
use testing::contract;

use crate::fixture::{LICENSE, Server, Token};

contract!(the_license_has_everything_that_belongs_to_the_token, async |db| {
    let server = Server::on(db).await;
    let link = server.service.accounts().new_setup_link().await.unwrap().unwrap();
    let owner = NewOwner {
        name: "Maren".to_owned(),
        email: "maren@halcyon.example".to_owned(),
        password: "seven violet lighthouses".to_owned(),
        provider_name: "Halcyon Audio".to_owned(),
        provider_email: "licenses@halcyon.example".to_owned(),
    };
    server.service.accounts().set_up(&link, owner, Origin::default()).await.unwrap();
    let license = server.license().create().await;

    let answer = server.post(LICENSE, &license.asks("device-1", json!({}))).await;

    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    let mut given = answer.json();
    let token = Token::read(given["licenseToken"].as_str().unwrap());
    assert!(token.is_signed_by_der(given["tokenPublicKeyBase64"].as_str().unwrap()));
    assert_eq!(token.claims["sub"], license.id.to_string());
    given["licenseToken"] = json!("[token]");
    given["tokenPublicKeyBase64"] = json!("[key]");
    given["decision"] = json!("[id]");
    insta::assert_snapshot!(format!("{given:#}"), @r#"
    {
      "copyright": null,
      "decision": "[id]",
      "description": null,
      "legalNotice": null,
      "licenseToken": "[token]",
      "licensedProducts": [
        {
          "code": "drift-pro",
          "features": {
            "voices": 64
          },
          "name": "Drift Pro"
        }
      ],
      "providerEmail": "licenses@halcyon.example",
      "providerUrl": null,
      "tokenPublicKeyBase64": "[key]",
      "version": "1"
    }
    "#);
});

contract!(its_key_verifies_tokens_of_every_algorithm, async |db| {
    let server = Server::on(db).await;
    for algorithm in Algorithm::ALL {
        let license = server.license().algorithm(algorithm).create().await;
        let given = server.post(LICENSE, &license.asks("device-1", json!({}))).await.json();
        let token = Token::read(given["licenseToken"].as_str().unwrap());
        assert!(token.is_signed_by_der(given["tokenPublicKeyBase64"].as_str().unwrap()), "{algorithm:?}");
    }
});

contract!(both_calls_give_a_device_the_same_seat, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;

    let jwt = server.activate(&license, "device-1").await.token();
    let given = server.post(LICENSE, &license.asks("device-1", json!({}))).await.json();
    let refused = server.post(LICENSE, &license.asks("device-2", json!({}))).await;

    assert_eq!(Token::read(given["licenseToken"].as_str().unwrap()).claims["sid"], jwt.claims["sid"]);
    assert_eq!(refused.problem(), (409, "seat_limit".to_owned()));
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});
