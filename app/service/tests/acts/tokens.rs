//! Tokens and signing keys, as other software sees them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, Validation, errors::ErrorKind, jwk::JwkSet};
use licensing::{
    Fingerprint, VersionRange,
    activation::Request,
    product::Algorithm,
    terms::{Terms, Versions},
};
use serde_json::{Value, json};
use service::{Claims, LicenseForm, NewLicense};
use testing::contract;

use crate::test_service::{ISSUER, TestService, asking, of, seats};

/// Verifies a token with nothing but the key set. Returns its header and its claims.
pub(crate) async fn verify(fixture: &TestService, token: &str) -> (Value, Claims) {
    let keys: JwkSet = serde_json::from_value(Value::clone(&*fixture.service.keys().jwks().await)).unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    let key = keys.find(header.kid.as_ref().unwrap()).unwrap();
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[ISSUER]);
    validation.validate_aud = false;
    // The clock of the tests is stopped.
    (validation.validate_exp, validation.validate_nbf) = (false, false);
    let claims = jsonwebtoken::decode(token, &DecodingKey::from_jwk(key).unwrap(), &validation).unwrap().claims;
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    (serde_json::from_slice(&header).unwrap(), claims)
}

pub(crate) async fn read_token(fixture: &TestService, token: &str) -> Claims {
    verify(fixture, token).await.1
}

contract!(a_token_of_every_algorithm_verifies_with_the_key_set_alone, async |db| {
    let fixture = TestService::open(db).await;
    for algorithm in Algorithm::ALL {
        let product = fixture.product(&algorithm.name().to_lowercase(), algorithm).await;
        let policy = fixture.policy(&product, seats(1)).await;
        let (license, code) = fixture.license(&policy).await;
        let (activated, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
        let (header, claims) = verify(&fixture, &token).await;
        assert_eq!(header["alg"], algorithm.name());
        assert_eq!(header["typ"], "license+jwt");
        assert_eq!(header.as_object().unwrap().len(), 3, "{header}");
        assert_eq!((claims.sub, claims.sid), (license.id, activated.session_id));

        let [head, _, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let other = URL_SAFE_NO_PAD.encode(json!({ "exp": 99_999_999_999_i64 }).to_string());
        let forged = format!("{head}.{other}.{signature}");
        let keys: JwkSet = serde_json::from_value(Value::clone(&*fixture.service.keys().jwks().await)).unwrap();
        let key = DecodingKey::from_jwk(keys.find(header["kid"].as_str().unwrap()).unwrap()).unwrap();
        let validation = Validation::new(jsonwebtoken::decode_header(&token).unwrap().alg);
        let refused = jsonwebtoken::decode::<Value>(&forged, &key, &validation).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::InvalidSignature), "{refused}");
    }
});

contract!(a_token_contains_what_was_granted, async |db| {
    let fixture = TestService::open(db).await;
    let range = VersionRange::read("<3").unwrap();
    let terms = Terms { versions: Versions::Range(range), ..seats(1) };
    let (policy, license, code) = fixture.licensed(terms).await;
    let (activated, token) = fixture.service.activations().activate(asking(&code, "the device")).await.unwrap();
    let claims = serde_json::to_value(read_token(&fixture, &token).await).unwrap();
    let (now, place) = (fixture.clock.now().timestamp(), activated.place.unwrap());
    let expected = json!({
        "iss": ISSUER,
        "aud": activated.product_code,
        "sub": license.id,
        "sid": activated.session_id,
        "jti": claims["jti"],
        "iat": now - 300,
        "nbf": now - 300,
        "exp": now + 37 * 86_400,
        "status": { "status_list": { "idx": place.index, "uri": fixture.service.keys().status_list_uri(place.list) } },
        "license": {
            "product": "Drift",
            "policy": policy.name,
            "customer": "Acme",
            "features": {},
            "issuedAt": now,
            "leaseEndsAt": now + 30 * 86_400,
            "grace": 7 * 86_400,
            "trial": false,
            "fingerprint": URL_SAFE_NO_PAD.encode(Fingerprint::read("the device").unwrap().digest()),
            "versions": "<3",
        },
    });
    assert_eq!(claims, expected);
    assert!(!token.contains(code.canonical()));
});

contract!(a_token_without_a_customer_does_not_name_one, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, ..) = fixture.licensed(seats(1)).await;
    let new = NewLicense { form: LicenseForm::default(), ..of(&policy) };
    let (_, code) = fixture.service.licenses().create_license(new, &fixture.actor).await.unwrap();
    let mut asking = asking(&code, "one");
    asking.request = Request { email: licensing::Email::read("kim@example.com").ok(), ..Request::default() };
    let (_, token) = fixture.service.activations().activate(asking).await.unwrap();
    let claims = serde_json::to_value(read_token(&fixture, &token).await).unwrap();
    assert!(claims["license"].get("customer").is_none() && claims["license"].get("versions").is_none());
    assert!(!claims.to_string().contains("kim"), "no address unless the policy requires one");
});

contract!(the_key_set_has_only_public_members_and_one_key_for_each_algorithm, async |db| {
    let fixture = TestService::open(db).await;
    for (n, algorithm) in Algorithm::ALL.into_iter().chain(Algorithm::ALL).enumerate() {
        fixture.product(&format!("product-{n}"), algorithm).await;
    }
    let set = fixture.service.keys().jwks().await;
    let keys = set["keys"].as_array().unwrap();
    let mut algorithms: Vec<_> = keys.iter().map(|key| key["alg"].as_str().unwrap()).collect();
    algorithms.sort_unstable();
    assert_eq!(algorithms, ["ES256", "EdDSA", "RS256"]);
    for key in keys {
        let mut members: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        let expected: &[&str] = match key["alg"].as_str().unwrap() {
            "ES256" => &["alg", "crv", "kid", "kty", "use", "x", "y"],
            "EdDSA" => &["alg", "crv", "kid", "kty", "use", "x"],
            _ => &["alg", "e", "kid", "kty", "n", "use"],
        };
        assert_eq!(members, expected);
        assert_eq!(key["use"], "sig");
        let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(key.clone()).unwrap();
        let thumbprint = jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap();
        assert_eq!(key["kid"], thumbprint);
    }
});

contract!(keys_are_found_again_by_a_service_opened_later, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    let later = fixture.second_instance(db).await;
    assert_eq!(later.keys().jwks().await, fixture.service.keys().jwks().await);
    assert_eq!(later.keys().public_key_of(&token).unwrap(), fixture.service.keys().public_key_of(&token).unwrap());
    later.close().await;
});

contract!(a_change_of_algorithm_applies_to_the_next_token, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    let product = fixture.product("drift", Algorithm::ES256).await;
    let policy = fixture.policy(&product, seats(1)).await;
    let (_, code) = fixture.license(&policy).await;
    fixture.activate(&code, "one").await.unwrap();
    let form =
        service::ProductForm { name: product.name, algorithm: Algorithm::RS256, ..service::ProductForm::default() };
    fixture.service.licenses().change_product(product.id, form, &fixture.actor).await.unwrap();
    let (_, token) = other.activations().activate(asking(&code, "one")).await.unwrap();
    assert_eq!(verify(&fixture, &token).await.0["alg"], "RS256");
    assert_eq!(db.number("SELECT COUNT(*) FROM signing_keys WHERE algorithm = 'RS256'").await, 1);
    other.close().await;
});
