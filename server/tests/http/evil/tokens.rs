//! ID tokens with malicious claims and valid signatures (OpenID Connect Core §3.1.3.7).

use serde_json::{Value, json};
use testing::{Engine, run};

use super::{
    keys::{b64, unb64},
    provider::{CLIENT, Reply},
    setup::{Lie, Setup, lie},
};
use crate::admin::person::Person;

#[test]
fn malicious_claims_do_not_sign_in() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let now = setup.evil.clock.now().timestamp();
        let issuer = setup.evil.issuer.clone();
        let rows: Vec<(&str, Value, &str)> = vec![
            ("audience: another client", json!({ "aud": "another" }), "audience"),
            ("audience: none", json!({ "aud": null }), "audience"),
            ("audience: empty", json!({ "aud": "" }), "audience"),
            ("audience: an empty list", json!({ "aud": [] }), "audience"),
            ("audience: others only", json!({ "aud": ["a", "b"] }), "audience"),
            ("audience: another one beside us", json!({ "aud": [CLIENT, "another"] }), "audience"),
            ("audience: lists in a list", json!({ "aud": [[CLIENT]] }), ""),
            ("audience: in capitals", json!({ "aud": "LATCHKEY" }), "audience"),
            ("audience: with a space", json!({ "aud": "latchkey " }), "audience"),
            ("audience: of two lines, in red", json!({ "aud": "a\r\nb\u{1b}[31m" }), "audience"),
            ("audience: a number", json!({ "aud": 7 }), ""),
            ("authorized party: another client", json!({ "azp": "another" }), "another client"),
            ("authorized party: empty", json!({ "azp": "" }), "another client"),
            ("authorized party: a list", json!({ "azp": [CLIENT] }), "another client"),
            (
                "authorized party: another client among ours",
                json!({ "aud": [CLIENT, "b"], "azp": "b" }),
                "another client",
            ),
            (
                "authorized party: missing beside a stranger",
                json!({ "aud": ["another", CLIENT], "azp": null }),
                "audience",
            ),
            (
                "authorized party: us, but the audience is another",
                json!({ "aud": "another", "azp": CLIENT }),
                "audience",
            ),
            ("issuer: another", json!({ "iss": "https://evil.example" }), "issuer"),
            ("issuer: none", json!({ "iss": null }), "iss"),
            ("issuer: empty", json!({ "iss": "" }), ""),
            ("issuer: with a slash", json!({ "iss": format!("{issuer}/") }), "issuer"),
            ("issuer: in capitals", json!({ "iss": issuer.to_uppercase() }), "issuer"),
            ("issuer: by another scheme", json!({ "iss": issuer.replace("http:", "https:") }), "issuer"),
            ("issuer: with a fragment", json!({ "iss": format!("{issuer}#x") }), "issuer"),
            ("issuer: with a person", json!({ "iss": issuer.replace("//", "//me@") }), "issuer"),
            ("issuer: of two lines, in red", json!({ "iss": "https://evil.example/\r\nb\u{1b}[31m" }), "issuer"),
            ("issuer: a list", json!({ "iss": [issuer] }), ""),
            ("end: this moment", json!({ "exp": now }), "expired"),
            ("end: a day ago", json!({ "exp": now - 86_400 }), "expired"),
            ("end: none", json!({ "exp": null }), "exp"),
            ("end: a text", json!({ "exp": (now + 300).to_string() }), ""),
            ("end: before all time", json!({ "exp": -1 }), "expired"),
            ("end: past all time", json!({ "exp": 1e300 }), ""),
            ("end: the greatest number", json!({ "exp": i64::MAX }), ""),
            ("end: greater than the greatest", json!({ "exp": u64::MAX }), ""),
            ("end: true", json!({ "exp": true }), ""),
            ("issue: none", json!({ "iat": null }), "iat"),
            ("issue: 61 seconds ahead", json!({ "iat": now + 61 }), "future"),
            ("issue: a year ahead", json!({ "iat": now + 31_536_000 }), "future"),
            ("issue: more than ten minutes ago", json!({ "iat": now - 601 }), "ten minutes"),
            ("issue: before all time", json!({ "iat": i64::MIN }), ""),
            ("issue: a text", json!({ "iat": now.to_string() }), ""),
            ("beginning: 61 seconds ahead", json!({ "nbf": now + 61 }), "not valid yet"),
            ("beginning: a text", json!({ "nbf": now.to_string() }), "not valid yet"),
            ("beginning: past all time", json!({ "nbf": 1e300 }), "not valid yet"),
            ("nonce: none", json!({ "nonce": null }), "nonce"),
            ("nonce: another", json!({ "nonce": "AAAAAAAAAAAAAAAAAAAAAA" }), "nonce"),
            ("nonce: empty", json!({ "nonce": "" }), "nonce"),
            ("nonce: a list", json!({ "nonce": ["x"] }), ""),
            ("subject: none", json!({ "sub": null }), ""),
            ("subject: empty", json!({ "sub": "" }), "subject"),
            ("subject: longer than 255", json!({ "sub": "x".repeat(256) }), "subject"),
            ("subject: with NUL", json!({ "sub": "person-1\0" }), "subject"),
            ("subject: of two lines", json!({ "sub": "person-1\r\nx" }), "subject"),
            ("subject: a number", json!({ "sub": 1 }), ""),
            ("subject: a list", json!({ "sub": ["person-1"] }), ""),
            ("access token: another", json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }), "access token"),
            ("access token: an empty hash", json!({ "at_hash": "" }), "access token"),
            ("access token: a hash that is a number", json!({ "at_hash": 7 }), ""),
        ];
        let many = rows.len();
        for (name, claims, why) in rows {
            setup.evil.repents();
            setup.evil.says().claims = claims;
            let server = setup.hearing().await;
            let person = Person::at(&server);
            let before = setup.before().await;
            let answer = setup.walk(&person).await;
            setup.ends(name, (502, why), &person, &answer, before).await;
        }
        setup.over(many);
    });
}

/// Signs claims given as text.
fn of_text(evil: &super::provider::Evil, header: &super::keys::Members, claims: &str) -> Value {
    let text = format!("{}.{}", b64(&serde_json::to_vec(header).unwrap()), b64(claims.as_bytes()));
    json!(format!("{text}.{}", b64(&evil.key.sign("ES256", text.as_bytes()))))
}

const SHAPES: &[Lie] = &[
    lie("the claims are a list", 502, "", |says, _| {
        says.make = |evil, header, claims| of_text(evil, &header, &format!("[{}]", json!(claims)));
    }),
    lie("the claims are a text", 502, "", |says, _| {
        says.make = |evil, header, _| of_text(evil, &header, "\"person-1\"")
    }),
    lie("the claims are no JSON", 502, "", |says, _| says.make = |evil, header, _| of_text(evil, &header, "person-1")),
    lie("the claims are two objects", 502, "", |says, _| {
        says.make = |evil, header, claims| of_text(evil, &header, &format!("{0}{0}", json!(claims)));
    }),
    lie("the claims are deeper than any", 502, "", |says, _| {
        says.make = |evil, header, claims| {
            let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
            of_text(evil, &header, &json!(claims).to_string().replacen('{', &format!("{{\"deep\":{deep},"), 1))
        };
    }),
    lie("the claims are not UTF-8", 502, "", |says, _| {
        says.make = |evil, header, claims| {
            let mut bytes = serde_json::to_vec(&claims).unwrap();
            drop(bytes.splice(1..1, *b"\"x\":\"\xff\","));
            let text = format!("{}.{}", b64(&serde_json::to_vec(&header).unwrap()), b64(&bytes));
            json!(format!("{text}.{}", b64(&evil.key.sign("ES256", text.as_bytes()))))
        };
    }),
    lie("the token is larger than 64 KiB", 502, "64 KiB", |says, _| says.claims = json!({ "x": "x".repeat(50_000) })),
    lie("the token is of nearly a mebibyte", 502, "64 KiB", |says, _| {
        says.claims = json!({ "x": "x".repeat(700_000) })
    }),
    lie("the nonce is another attempt’s", 502, "nonce", |says, _| {
        says.make = |evil, header, mut claims| {
            let nonce = claims["nonce"].as_str().unwrap();
            // As long as a real one, and random: its bytes in reverse.
            let other: Vec<u8> = unb64(nonce).into_iter().rev().collect();
            claims.insert("nonce".to_owned(), json!(b64(&other)));
            super::provider::signed(evil, header, claims)
        };
    }),
    lie("the nonce is in another case", 502, "nonce", |says, _| {
        says.make = |evil, header, mut claims| {
            let nonce = claims["nonce"].as_str().unwrap().to_owned();
            let other: String = nonce
                .chars()
                .map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
                .collect();
            claims.insert("nonce".to_owned(), json!(other));
            super::provider::signed(evil, header, claims)
        };
    }),
    lie("there is no ID token", 502, "no ID token", |says, _| says.token = Reply::Over(json!({ "id_token": null }))),
    lie("the ID token is an object", 502, "", |says, _| {
        says.make = |_, header, claims| json!({ "header": header, "payload": claims, "signature": "" });
    }),
    lie("the ID token is a number", 502, "", |says, _| says.make = |_, _, _| json!(7)),
    lie("the ID token is empty", 502, "", |says, _| says.make = |_, _, _| json!("")),
];

#[test]
fn a_malformed_id_token_does_not_sign_in() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        for lie in SHAPES {
            setup.tells(lie).await;
        }
        setup.over(SHAPES.len());
    });
}
