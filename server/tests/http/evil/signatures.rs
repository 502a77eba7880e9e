//! ID tokens with malicious signatures or headers (RFC 8725 §2, RFC 7515 §4), and key sets that support them.

use std::sync::LazyLock;

use serde_json::{Value, json};
use testing::{Engine, run};

use super::{
    keys::{Key, b64, mac, members, unsigned},
    provider::{KID, Reply, SECRET, signed, signed_by},
    setup::{Lie, Setup, lie},
    weak,
};

const HEADERS: &[Lie] = &[
    lie("no algorithm, and no signature", 502, "", |says, _| {
        says.header = json!({ "alg": "none", "kid": null });
        says.make = |_, header, claims| json!(format!("{}.", unsigned(&header, &claims)));
    }),
    lie("no algorithm, and a signature", 502, "", |says, _| says.header = json!({ "alg": "none" })),
    lie("“None”", 502, "", |says, _| says.header = json!({ "alg": "None" })),
    lie("“NONE”", 502, "", |says, _| says.header = json!({ "alg": "NONE" })),
    lie("an algorithm in small letters", 502, "", |says, _| says.header = json!({ "alg": "es256" })),
    lie("no algorithm is named", 502, "", |says, _| says.header = json!({ "alg": null })),
    lie("a list of algorithms", 502, "", |says, _| says.header = json!({ "alg": ["ES256"] })),
    lie("the public key as a shared secret", 502, "algorithm", |says, _| {
        says.header = json!({ "alg": "HS256" });
        says.make = |evil, header, claims| {
            let text = unsigned(&header, &claims);
            let public = evil.key.jwk(KID)["x"].as_str().unwrap().to_owned();
            json!(format!("{text}.{}", b64(&mac(public.as_bytes(), text.as_bytes()))))
        };
    }),
    lie("the client’s secret as a shared secret", 502, "algorithm", |says, _| {
        says.header = json!({ "alg": "HS256", "kid": null });
        says.make = |_, header, claims| {
            let text = unsigned(&header, &claims);
            json!(format!("{text}.{}", b64(&mac(SECRET.as_bytes(), text.as_bytes()))))
        };
    }),
    lie("an algorithm that the settings do not name", 502, "algorithm", |says, _| {
        says.header = json!({ "alg": "ES384" })
    }),
    lie("an algorithm of another curve", 502, "", |says, _| says.header = json!({ "alg": "ES256K" })),
    lie("an algorithm of another kind of key", 502, "key", |says, _| says.header = json!({ "alg": "RS256" })),
    lie("EdDSA by a key that cannot", 502, "key", |says, _| says.header = json!({ "alg": "EdDSA" })),
    lie("an encrypted token", 502, "", |says, _| {
        says.make = |_, _, _| json!(format!("{}.a.b.c.d", b64(br#"{"alg":"dir","enc":"A256GCM"}"#)));
    }),
    lie("its own key in the header", 502, "", |says, _| {
        says.make = |_, mut header, claims| {
            let own = Key::p256();
            header.insert("jwk".to_owned(), own.jwk(KID));
            signed_by(&own, &header, &claims)
        };
    }),
    lie("its own key set by address", 502, "", |says, evil| {
        says.header = json!({ "jku": evil.at("/trap"), "kid": "own" });
        says.make = |_, header, claims| signed_by(&Key::p256(), &header, &claims);
    }),
    lie("its own certificate by address", 502, "", |says, evil| {
        says.header = json!({ "x5u": evil.at("/trap"), "kid": null });
        says.make = |_, header, claims| signed_by(&Key::p256(), &header, &claims);
    }),
    lie("its own certificate", 502, "", |says, _| {
        says.header = json!({ "x5c": ["MIIB"], "kid": null });
        says.make = |_, header, claims| signed_by(&Key::p256(), &header, &claims);
    }),
    lie("critical members", 502, "critical", |says, _| says.header = json!({ "crit": ["exp"], "exp": 1 })),
    lie("no critical members, said to be some", 502, "critical", |says, _| says.header = json!({ "crit": [] })),
    lie("claims that are not encoded", 502, "critical", |says, _| {
        says.header = json!({ "crit": ["b64"], "b64": false })
    }),
    lie("a key that is not published", 502, "key", |says, _| says.header = json!({ "kid": "key-2" })),
    lie("a key by a query", 502, "key", |says, _| says.header = json!({ "kid": "' OR 1=1 --" })),
    lie("a key by a path", 502, "key", |says, _| says.header = json!({ "kid": "../../../dev/null" })),
    lie("a key with NUL", 502, "key", |says, _| says.header = json!({ "kid": "key-1\0" })),
    lie("a key by a number", 502, "", |says, _| says.header = json!({ "kid": 1 })),
    lie("a key by a list", 502, "", |says, _| says.header = json!({ "kid": [KID] })),
    lie("a key with a name of 50 KB", 502, "", |says, _| says.header = json!({ "kid": "k".repeat(40_000) })),
    lie("an access token’s type", 502, "type", |says, _| says.header = json!({ "typ": "at+jwt" })),
    lie("a logout token’s type", 502, "type", |says, _| says.header = json!({ "typ": "logout+jwt" })),
    lie("a license token’s type", 502, "type", |says, _| says.header = json!({ "typ": "license+jwt" })),
    lie("a token in a token", 502, "", |says, _| says.header = json!({ "cty": "JWT" })),
];

fn broken(says: &mut super::provider::Says, make: super::provider::Make) {
    says.make = make;
}

const SIGNATURES: &[Lie] = &[
    lie("a stranger’s key under the published name", 502, "ignature", |says, _| {
        broken(says, |_, header, claims| signed_by(&Key::p256(), &header, &claims));
    }),
    lie("an empty signature", 502, "ignature", |says, _| {
        broken(says, |_, header, claims| json!(format!("{}.", unsigned(&header, &claims))));
    }),
    lie("r and s of zero", 502, "ignature", |says, _| {
        broken(says, |_, header, claims| json!(format!("{}.{}", unsigned(&header, &claims), b64(&[0; 64]))));
    }),
    lie("r and s of the group’s order", 502, "ignature", |says, _| {
        broken(says, |_, header, claims| {
            let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551".as_bytes();
            let bytes: Vec<u8> =
                order.chunks(2).map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap()).collect();
            json!(format!("{}.{}", unsigned(&header, &claims), b64(&[bytes.clone(), bytes].concat())))
        });
    }),
    lie("a signature cut short", 502, "ignature", |says, _| {
        broken(says, |evil, header, claims| {
            let text = unsigned(&header, &claims);
            json!(format!("{text}.{}", b64(&evil.key.sign("ES256", text.as_bytes())[..63])))
        });
    }),
    lie("a signature with a byte more", 502, "ignature", |says, _| {
        broken(says, |evil, header, claims| {
            let text = unsigned(&header, &claims);
            json!(format!("{text}.{}", b64(&[&evil.key.sign("ES256", text.as_bytes())[..], &[0]].concat())))
        });
    }),
    lie("a signature of another token", 502, "ignature", |says, _| {
        broken(says, |evil, header, claims| {
            json!(format!("{}.{}", unsigned(&header, &claims), b64(&evil.key.sign("ES256", b"another"))))
        });
    }),
    lie("claims that were changed after the signature", 502, "ignature", |says, _| {
        broken(says, |evil, header, mut claims| {
            claims.insert("realm".to_owned(), json!({ "roles": ["staff"] }));
            let honest = signed(evil, header.clone(), claims.clone());
            claims.insert("realm".to_owned(), json!({ "roles": ["boss"] }));
            let signature = honest.as_str().unwrap().rsplit_once('.').unwrap().1.to_owned();
            json!(format!("{}.{signature}", unsigned(&header, &claims)))
        });
    }),
    lie("two parts", 502, "", |says, _| broken(says, |_, header, claims| json!(unsigned(&header, &claims)))),
    lie("two signatures", 502, "", |says, _| {
        broken(says, |evil, header, claims| {
            let honest = signed(evil, header, claims);
            let honest = honest.as_str().unwrap();
            json!(format!("{honest}.{}", honest.rsplit_once('.').unwrap().1))
        });
    }),
    lie("two signatures, as JSON", 502, "", |says, _| {
        broken(says, |evil, header, claims| {
            let honest = signed(evil, header, claims);
            let parts: Vec<&str> = honest.as_str().unwrap().split('.').collect();
            let one = json!({ "protected": parts[0], "signature": parts[2] });
            json!({ "payload": parts[1], "signatures": [one, { "protected": parts[0], "signature": "AA" }] })
        });
    }),
    lie("a space before the token", 502, "", |says, _| {
        broken(says, |evil, header, claims| json!(format!(" {}", signed(evil, header, claims).as_str().unwrap())));
    }),
    lie("a line break within the token", 502, "", |says, _| {
        broken(says, |evil, header, claims| {
            json!(signed(evil, header, claims).as_str().unwrap().replacen('.', ".\n", 1))
        });
    }),
    lie("a token in the alphabet with + and /", 502, "", |says, _| {
        broken(says, |evil, header, mut claims| {
            claims.insert("x".to_owned(), json!("\u{3ff}\u{3ff}\u{3ff}???>>>"));
            json!(signed(evil, header, claims).as_str().unwrap().replace('_', "/").replace('-', "+"))
        });
    }),
];

/// A valid key that the provider also publishes, for algorithms that the settings do not allow.
pub(super) static RSA: LazyLock<Key> = LazyLock::new(Key::rsa);

fn publish(says: &mut super::provider::Says, keys: Value) {
    says.keys = Reply::Json(json!({ "keys": keys }));
}

const KEYS: &[Lie] = &[
    lie("a shared secret among the keys", 502, "algorithm", |says, _| {
        publish(says, json!([{ "kty": "oct", "kid": KID, "alg": "HS256", "k": b64(b"known to everybody") }]));
        says.header = json!({ "alg": "HS256" });
        says.make = |_, header, claims| {
            let text = unsigned(&header, &claims);
            json!(format!("{text}.{}", b64(&mac(b"known to everybody", text.as_bytes()))))
        };
    }),
    lie("two keys of one name", 502, "key", |says, evil| {
        publish(says, json!([Key::p256().jwk(KID), evil.key.jwk(KID)]))
    }),
    lie("no name, and two keys", 502, "key", |says, evil| {
        says.header = json!({ "kid": null });
        publish(says, json!([Key::p256().jwk("a"), evil.key.jwk("b")]));
    }),
    lie("a thousand other keys", 502, "key", |says, _| {
        let one = Key::p256();
        publish(says, (0..1000).map(|n| one.jwk(&format!("other-{n}"))).collect());
    }),
    lie("no keys", 502, "key", |says, _| publish(says, json!([]))),
    lie("a key for encryption", 502, "key", |says, evil| {
        let mut key = members(evil.key.jwk(KID));
        key.insert("use".to_owned(), json!("enc"));
        publish(says, json!([key]));
    }),
    lie("a key for another algorithm", 502, "key", |says, evil| {
        let mut key = members(evil.key.jwk(KID));
        key.insert("alg".to_owned(), json!("ES384"));
        publish(says, json!([key]));
    }),
    lie("a key that is no point of its curve", 502, "", |says, evil| {
        let mut key = members(evil.key.jwk(KID));
        key.insert("y".to_owned(), key["x"].clone());
        publish(says, json!([key]));
    }),
    lie("a key of nothing", 502, "", |says, _| {
        publish(says, json!([{ "kty": "EC", "crv": "P-256", "kid": KID, "x": "", "y": "" }]));
    }),
    lie("a key that anybody can take apart", 502, "key", |says, _| {
        publish(says, json!([Key::Weak.jwk(KID)]));
        says.header = json!({ "alg": "RS256" });
        says.make = |_, header, claims| signed_by(&Key::Weak, &header, &claims);
    }),
    lie("a key that leaves everything as it is", 502, "", |says, _| {
        let mut key = members(Key::rsa().jwk(KID));
        key.insert("e".to_owned(), json!("AQ"));
        publish(says, json!([key]));
        says.header = json!({ "alg": "RS256" });
        says.make = |_, header, claims| {
            let text = unsigned(&header, &claims);
            json!(format!("{text}.{}", b64(&weak::padded(text.as_bytes(), 256))))
        };
    }),
    lie("a good signature by an algorithm that the settings do not name", 502, "algorithm", |says, _| {
        publish(says, json!([RSA.jwk(KID)]));
        says.header = json!({ "alg": "RS384" });
        says.make = |_, header, claims| signed_by(&RSA, &header, &claims);
    }),
    lie("keys that are no list", 502, "", |says, evil| publish(says, json!({ "0": evil.key.jwk(KID) }))),
    lie("keys that are no JSON", 502, "cannot be read", |says, _| {
        says.keys = Reply::Text("text/html", "<h1>Not Found</h1>".to_owned());
    }),
    lie("keys of ten mebibytes", 502, "mebibyte", |says, _| says.keys = Reply::Large(10 << 20)),
    lie("keys that are elsewhere", 502, "307", |says, _| says.keys = Reply::Redirect),
    lie("keys that are nowhere", 502, "404", |says, _| says.keys = Reply::Status(404)),
    lie("keys that are not there now", 503, "500", |says, _| says.keys = Reply::Status(500)),
];

async fn all(setup: &Setup<'_>, lies: &[Lie]) {
    for lie in lies {
        setup.tells(lie).await;
    }
    assert_eq!(setup.evil.calls("/trap"), 0, "no address in a token or an answer is followed");
    setup.over(lies.len());
}

#[test]
fn a_malicious_header_does_not_sign_in() {
    run(Engine::Sqlite, async |db| all(&Setup::set(db).await, HEADERS).await);
}

#[test]
fn an_invalid_signature_does_not_sign_in() {
    run(Engine::Sqlite, async |db| all(&Setup::set(db).await, SIGNATURES).await);
}

#[test]
fn a_malicious_key_set_does_not_sign_in() {
    run(Engine::Sqlite, async |db| all(&Setup::set(db).await, KEYS).await);
}
