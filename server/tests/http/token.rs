//! License tokens: their content and their signature.

use licensing::{Span, VersionRange, product::Algorithm, terms::Versions};
use serde_json::json;
use testing::contract;

use crate::fixture::{Server, Token};

contract!(a_token_contains_the_license_its_customer_and_its_end, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(|terms| {
        terms.grace = Span::days(3);
        terms.versions = Versions::Range(VersionRange::read(">=2, <4").unwrap());
    });
    let license = license.create().await;

    let token = server.activate(&license, "device-1").await.token();

    let mut claims = token.claims.clone();
    for id in ["sub", "sid", "jti"] {
        assert!(uuid::Uuid::try_parse(claims[id].as_str().unwrap()).is_ok(), "{id}");
        claims[id] = json!("[id]");
    }
    let place = claims.as_object_mut().unwrap().remove("status").unwrap();
    let list = place["status_list"]["uri"].as_str().unwrap();
    assert_eq!(server.get(list.strip_prefix("https://licenses.example.com").unwrap()).await.status.as_u16(), 200);
    assert!(place["status_list"]["idx"].as_i64().is_some_and(|idx| (0..1 << 20).contains(&idx)), "{place}");
    insta::assert_snapshot!(format!("{claims:#}"), @r#"
    {
      "aud": "drift-pro",
      "exp": 1775217600,
      "iat": 1772366100,
      "iss": "https://licenses.example.com",
      "jti": "[id]",
      "license": {
        "customer": "Ingrid Solberg",
        "features": {
          "voices": 64
        },
        "fingerprint": "AyBN6S4R_IxSgTm-QZBlkg64Pb_xpGY7vqRVqm6XAr0",
        "grace": 259200,
        "issuedAt": 1772366400,
        "leaseEndsAt": 1774958400,
        "policy": "Studio",
        "product": "Drift Pro",
        "trial": false,
        "versions": ">=2, <4"
      },
      "nbf": 1772366100,
      "sid": "[id]",
      "sub": "[id]"
    }
    "#);
    assert_eq!(token.claims["license"]["issuedAt"], server.now().timestamp());
    assert_eq!(token.seconds("exp"), server.now().timestamp() + 33 * 24 * 60 * 60);
});

contract!(the_header_has_exactly_alg_typ_and_kid, async |db| {
    let server = Server::on(db).await;
    for algorithm in Algorithm::ALL {
        let license = server.license().algorithm(algorithm).create().await;
        let token = server.activate(&license, "device-1").await.token();
        let kid = &token.header["kid"];
        assert!(kid.as_str().is_some_and(|kid| kid.len() == 43), "an RFC 7638 thumbprint: {kid}");
        assert_eq!(token.header, json!({ "alg": algorithm.name(), "typ": "license+jwt", "kid": kid }));
    }
});

contract!(tokens_of_every_algorithm_verify_against_the_key_set_and_altered_ones_do_not, async |db| {
    let server = Server::on(db).await;
    for algorithm in Algorithm::ALL {
        let license = server.license().algorithm(algorithm).create().await;
        let text = server.activate(&license, "device-1").await.json().as_str().unwrap().to_owned();
        let keys = server.get("/.well-known/jwks.json").await.json();
        assert!(Token::read(&text).is_signed_by(&keys), "{algorithm:?}");

        let (head, rest) = text.split_once('.').unwrap();
        let (_, signature) = rest.split_once('.').unwrap();
        let forged = Token::read(&format!("{head}.e30.{signature}"));
        assert!(!forged.is_signed_by(&keys), "{algorithm:?}");
    }
});

contract!(a_token_has_every_feature_value_and_no_email_address, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let token = server.activate_with(&license, "device-1", json!({ "email": "ingrid@example.com" })).await.token();

    assert_eq!(token.claims["license"]["features"], json!({ "voices": 64 }));
    assert!(!token.claims.to_string().contains('@'), "the token contains an address: {}", token.claims);
});
