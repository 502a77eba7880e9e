//! Test vectors of RFC 8037 appendix A and RFC 7638 §3.1.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::crypto;
use serde_json::{Value, json};

use super::*;

/// The private key of RFC 8037 A.1, as PKCS #8.
fn rfc_8037() -> Vec<u8> {
    let d = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    [&head[..], &d].concat()
}

#[test]
fn the_ed25519_key_of_rfc_8037_has_its_public_key_and_thumbprint() {
    let jwk = public_jwk(Algorithm::EdDSA, &encoding_key(Algorithm::EdDSA, &rfc_8037()).unwrap()).unwrap();
    let expected = json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        "use": "sig",
        "alg": "EdDSA",
    });
    assert_eq!(serde_json::to_value(jwk).unwrap(), expected);
}

#[test]
fn the_signature_of_rfc_8037_is_reproduced_and_verifies() {
    let signed = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = PrivateKey::read(Algorithm::EdDSA, &rfc_8037()).unwrap().sign(signed).unwrap();
    let signature = URL_SAFE_NO_PAD.encode(signature);
    let expected = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(signature, expected);

    let jwk: Jwk = serde_json::from_value(json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }))
    .unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
    assert!(crypto::verify(expected, signed, &key, jsonwebtoken::Algorithm::EdDSA).unwrap());
    assert!(!crypto::verify(expected, b"another text", &key, jsonwebtoken::Algorithm::EdDSA).unwrap());
}

#[test]
fn the_rsa_key_of_rfc_7638_has_its_thumbprint() {
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3o\
             knjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHz\
             u6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8\
             awapJzKnqDKgw";
    let jwk: Jwk = serde_json::from_value(json!({
        "kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
    }))
    .unwrap();
    assert_eq!(jwk.thumbprint(ThumbprintHash::SHA256).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[tokio::test]
async fn a_new_pair_of_every_algorithm_is_named_by_its_thumbprint_and_reads_back() {
    for algorithm in Algorithm::ALL {
        let pair = Pair::generate(algorithm).await.unwrap();
        assert_eq!(pair.jwk.thumbprint(ThumbprintHash::SHA256).unwrap(), pair.kid);
        let key = SigningKey::read(&pair.kid, algorithm, &pair.pkcs8).unwrap();
        let algorithm = token_algorithm(algorithm);
        let signature = URL_SAFE_NO_PAD.encode(key.sign(b"a text").unwrap());
        let public = jsonwebtoken::DecodingKey::from_jwk(&pair.jwk).unwrap();
        assert!(crypto::verify(&signature, b"a text", &public, algorithm).unwrap());
        let Value::Object(members) = serde_json::to_value(&pair.jwk).unwrap() else { panic!("an object") };
        assert!(["d", "p", "q", "dp", "dq", "qi"].iter().all(|secret| !members.contains_key(*secret)));
    }
}
