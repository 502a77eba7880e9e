//! The vectors in `docs/vectors/offline.json`, checked so that the documentation stays true.

use licensing::offline::armor::Block;
use serde_json::{Value, json};
use service::SignedOfflineFile;
use testing::contract;

use super::{Device, OFFLINE, Response, bring};
use crate::fixture::Server;

const VECTORS: &str = include_str!("../../../../docs/vectors/offline.json");
const PAGE: &str = include_str!("../../../../docs/offline.md");

fn vectors() -> Value {
    serde_json::from_str(VECTORS).unwrap()
}

fn text<'a>(of: &'a Value, member: &str) -> &'a str {
    of[member].as_str().unwrap()
}

contract!(the_request_of_the_documentation_is_granted, async |db| {
    let server = Server::on(db).await;
    let license = server.license().code("OFFLINE-SAMPLE-0001").create().await;

    let response = Response::of(&bring(&server, OFFLINE, text(&vectors()["request"], "armored")).await);

    assert_eq!(
        response.token.claims["license"]["fingerprint"],
        vectors()["response"]["claims"]["license"]["fingerprint"]
    );
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});

#[test]
fn both_forms_of_each_file_have_the_same_content_and_a_valid_signature() {
    let vectors = vectors();
    let device = Device::of_vectors(&vectors["device"]);
    for (name, block) in [("request", Block::Request), ("release", Block::Release)] {
        let vector = &vectors[name];
        assert_eq!(block.around(text(vector, "compact")), text(vector, "armored"));
        let [header, claims, _] = text(vector, "compact").split('.').collect::<Vec<_>>().try_into().unwrap();
        let decode = |part: &str| {
            use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
            String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(serde_json::from_str::<Value>(&decode(header)).unwrap(), vector["header"]);
        assert_eq!(serde_json::from_str::<Value>(&decode(claims)).unwrap(), vector["claims"]);
        assert_eq!(
            device.sign_text(&decode(header), &decode(claims)),
            text(vector, "compact"),
            "Ed25519 is deterministic"
        );
        for form in ["compact", "armored"] {
            match SignedOfflineFile::read(text(vector, form)).unwrap() {
                SignedOfflineFile::Request(signed) => {
                    assert_eq!((name, signed.key.to_string().as_str()), ("request", text(&vectors["device"], "x")));
                    assert_eq!(signed.request.fingerprint.as_str(), text(&vector["claims"], "fingerprint"));
                }
                SignedOfflineFile::Release(signed) => {
                    assert_eq!((name, signed.release.session.as_str()), ("release", text(&vector["claims"], "sid")));
                }
            }
        }
    }
}

#[test]
fn the_response_of_the_documentation_verifies_with_the_key_in_it() {
    let vector = &vectors()["response"];
    assert_eq!(Block::Response.around(text(vector, "compact")), text(vector, "armored"));
    let response = Response::read(text(vector, "armored"));
    assert_eq!((&response.token.claims, &response.key), (&vector["claims"], &vector["key"]));
    assert!(response.token.is_signed_by(&json!({ "keys": [vector["key"]] })));
}

#[test]
fn the_page_shows_the_vectors() {
    let vectors = vectors();
    for name in ["request", "release", "response"] {
        assert!(PAGE.contains(text(&vectors[name], "armored")), "docs/offline.md does not show the {name}");
    }
    let longest = text(&vectors["request"], "compact").len();
    assert!(longest <= 620, "{longest} characters are too many for a readable QR code");
}
