//! A device without a network, and the files that it writes.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use axum::{
    body::Body,
    http::{Request, header::CONTENT_TYPE},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::offline::armor::Block;
use serde_json::{Value, json};

use crate::fixture::{Answer, Issued, Server, Token};

pub(crate) const OFFLINE: &str = "/api/v1/activations/offline";
pub(crate) const RELEASE: &str = "/api/v1/activations/offline/release";

/// A device with a key of its own.
pub(crate) struct Device {
    pub(crate) key: Ed25519KeyPair,
    pub(crate) fingerprint: String,
}

/// The response to a request, as the device reads it.
pub(crate) struct Response {
    pub(crate) token: Token,
    pub(crate) key: Value,
}

impl Device {
    /// A device with this name, from which its key is derived.
    pub(crate) fn new(name: &str) -> Self {
        let mut seed = [7; 32];
        seed.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
        Self { key: Ed25519KeyPair::from_seed_unchecked(&seed).unwrap(), fingerprint: format!("fingerprint of {name}") }
    }

    /// The device with the key of the vectors in `docs/`.
    pub(crate) fn of_vectors(jwk: &Value) -> Self {
        let seed = URL_SAFE_NO_PAD.decode(jwk["d"].as_str().unwrap()).unwrap();
        Self { key: Ed25519KeyPair::from_seed_unchecked(&seed).unwrap(), fingerprint: String::new() }
    }

    pub(crate) fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.key.public_key().as_ref());
        json!({ "kty": "OKP", "crv": "Ed25519", "x": x })
    }

    /// Header of a request.
    pub(crate) fn header(&self) -> Value {
        json!({ "alg": "EdDSA", "typ": "latchkey-request+jwt", "jwk": self.jwk() })
    }

    /// Claims of a request for the product `drift-pro`, with a nonce made from this number.
    pub(crate) fn asks(&self, license: &Issued, nonce: u32, server: &Server) -> Value {
        json!({
            "aud": "drift-pro",
            "jti": format!("nonce-{nonce:024}"),
            "iat": server.now().timestamp(),
            "activationCode": license.code,
            "fingerprint": self.fingerprint,
        })
    }

    /// Claims of a release once the token is deleted.
    pub(crate) fn gives_up(&self, session: &Value, nonce: u32, server: &Server) -> Value {
        json!({
            "aud": "drift-pro",
            "sid": session,
            "jti": format!("release-{nonce:024}"),
            "iat": server.now().timestamp(),
            "tokenDeleted": true,
        })
    }

    /// A compact JWS of the header and the claims.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    pub(crate) fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// A request in its armored block.
    pub(crate) fn request(&self, claims: &Value) -> String {
        Block::Request.around(&self.sign(&self.header(), claims))
    }

    /// A release in its armored block.
    pub(crate) fn release(&self, claims: &Value) -> String {
        Block::Release.around(&self.sign(&json!({ "alg": "EdDSA", "typ": "latchkey-release+jwt" }), claims))
    }
}

/// Submits a file to the server.
pub(crate) async fn bring(server: &Server, path: &str, text: impl Into<String>) -> Answer {
    let body = Body::from(text.into());
    server.send(Request::post(path).header(CONTENT_TYPE, "text/plain; charset=utf-8").body(body).unwrap()).await
}

impl Response {
    /// Reads the answered response file.
    #[track_caller]
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.text());
        Self::read(answer.text())
    }

    pub(crate) fn read(file: &str) -> Self {
        let body = licensing::offline::armor::open(file).unwrap();
        assert_eq!(body.block, Some(Block::Response));
        let (token, key) = body.body.split_once('~').unwrap();
        Self { token: Token::read(token), key: serde_json::from_slice(&URL_SAFE_NO_PAD.decode(key).unwrap()).unwrap() }
    }

    pub(crate) fn session(&self) -> Value {
        self.token.claims["sid"].clone()
    }
}
