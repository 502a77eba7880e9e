//! Valid sign-ins, however unusual: they must succeed.

use aws_lc_rs::digest;
use licensing::Role;
use serde_json::{Value, json};
use testing::{Engine, contract, run};

use super::{
    keys::{Key, Members, b64, lay, members},
    provider::{ACCESS, CLIENT, Evil, KID, Reply, Says, signed},
    setup::Setup,
};
use crate::{admin::person::Person, fixture::Server};

type Make = fn() -> Key;

const ALL: &str = "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA";

/// Signs in at a server that knows the provider's current documents. Returns an error if that fails.
async fn passes(setup: &Setup<'_>) -> Result<(), String> {
    passes_at(setup, &setup.hearing().await).await
}

async fn passes_at(setup: &Setup<'_>, server: &Server) -> Result<(), String> {
    let person = Person::at(server);
    let answer = setup.walk(&person).await;
    let inside = person.open("/licenses").await.status.as_u16();
    let newest = setup.events().await.into_iter().next().unwrap();
    if (answer.status.as_u16(), answer.header("location"), inside) == (303, "/licenses", 200) {
        Ok(())
    } else {
        Err(format!("{} {:?}", answer.status, newest.reason))
    }
}

contract!(a_good_sign_in_succeeds, async |db| {
    let setup = Setup::set(db).await;
    passes(&setup).await.unwrap();
    let boss = setup.account("person-1").await.unwrap();
    assert_eq!((boss.name.as_str(), boss.email.as_str(), boss.role), ("Eve Evans", "eve@example.com", Role::Owner));
    passes(&setup).await.unwrap();
    assert_eq!(setup.account("person-1").await.unwrap().id, boss.id);
});

/// `at_hash`: the left half of the digest (OpenID Connect Core §3.1.3.6).
fn at_hash(with: &'static digest::Algorithm) -> String {
    let digest = digest::digest(with, ACCESS.as_bytes());
    b64(&digest.as_ref()[..digest.as_ref().len() / 2])
}

#[test]
fn every_configurable_algorithm_works_with_a_hash_of_the_access_token() {
    run(Engine::Sqlite, async |db| {
        let keys: [(Make, &[&str]); 4] = [
            (Key::rsa, &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]),
            (Key::p256, &["ES256"]),
            (Key::p384, &["ES384"]),
            (Key::ed, &["EdDSA"]),
        ];
        let mut first = true;
        for (key, algorithms) in keys {
            let evil = Evil::start(key(), "").await;
            let setup = if first { Setup::with(db, evil).await } else { Setup::again(db, evil) };
            first = false;
            let server = setup.server(&[("LATCHKEY_OIDC_ALGORITHMS", ALL)]).await;
            for algorithm in algorithms {
                let with = match &algorithm[2..] {
                    "256" => &digest::SHA256,
                    "384" => &digest::SHA384,
                    _ => &digest::SHA512,
                };
                setup.evil.says().header = json!({ "alg": algorithm });
                setup.evil.says().claims = json!({ "at_hash": at_hash(with) });
                passes_at(&setup, &server).await.unwrap_or_else(|why| panic!("{algorithm}: {why}"));
                setup.evil.says().claims = json!({ "at_hash": at_hash(&digest::SHA1_FOR_LEGACY_USE_ONLY) });
                assert!(passes_at(&setup, &server).await.is_err(), "{algorithm}: a hash with another algorithm");
            }
        }
    });
}

type Good = (&'static str, fn(&mut Says, &Evil));

const GOODS: &[Good] = &[
    ("an audience in a list", |says, _| says.claims = json!({ "aud": [CLIENT] })),
    ("an audience twice", |says, _| says.claims = json!({ "aud": [CLIENT, CLIENT] })),
    ("an authorized party", |says, _| says.claims = json!({ "aud": [CLIENT], "azp": CLIENT })),
    ("another audience beside us, issued to us", |says, _| {
        says.claims = json!({ "aud": ["another", CLIENT, "project-1"], "azp": CLIENT });
    }),
    ("claims that are null", |says, _| {
        says.make = |evil, header, mut claims| {
            for name in ["azp", "at_hash", "nbf", "acr", "amr", "sid", "address", "updated_at"] {
                claims.insert(name.to_owned(), Value::Null);
            }
            signed(evil, header, claims)
        };
    }),
    ("times with fractions", |says, evil| {
        let at = evil.clock.now().timestamp() as f64 + 0.5;
        says.claims = json!({ "iat": at, "exp": at + 300.0, "auth_time": at });
    }),
    ("a header with members of odd types", |says, _| {
        says.header = json!({ "x5t": 7, "x5c": "no list", "jwk": "no key", "ver": 2, "nonce": ["x"] });
    }),
    ("a clock that is a minute ahead", |says, evil| {
        let at = evil.clock.now().timestamp() + 60;
        says.claims = json!({ "iat": at, "nbf": at, "auth_time": at, "exp": at + 300 });
    }),
    ("a clock that is nearly ten minutes behind", |says, evil| {
        says.claims = json!({ "iat": evil.clock.now().timestamp() - 600 });
    }),
    ("the last second of a token", |says, evil| says.claims = json!({ "exp": evil.clock.now().timestamp() + 1 })),
    ("a subject of 255 bytes", |says, _| says.claims = json!({ "sub": "x".repeat(255) })),
    ("a subject that is a query", |says, _| says.claims = json!({ "sub": "' OR 1=1 --" })),
    ("a subject beyond ASCII", |says, _| says.claims = json!({ "sub": "süßes-者" })),
    ("no type", |says, _| says.header = json!({ "typ": null })),
    ("no name of the key, where there is one key", |says, _| says.header = json!({ "kid": null })),
    ("a key beside keys that nobody knows", |says, evil| {
        let post_quantum = json!({ "kty": "AKP", "alg": "ML-DSA-44", "kid": "pq", "pub": "AA" });
        let own = Key::rsa().jwk("rsa");
        says.keys = Reply::Json(json!({ "keys": [post_quantum, own, evil.key.jwk(KID), { "kty": 7 }] }));
    }),
    ("a key beside the certificates of another", |says, evil| {
        let mut key = members(evil.key.jwk(KID));
        lay(&mut key, &json!({ "x5c": "no list", "x5t": 7, "key_ops": "verify", "use": 7, "alg": ["ES256"] }));
        let odd = json!({ "kty": "EC", "crv": "P-256", "kid": 7, "alg": "ES999", "use": "tls" });
        says.keys = Reply::Json(json!({ "keys": [odd, null, "x", key], "x": 1 }));
    }),
    ("a key without a name", |says, evil| {
        let mut key = members(evil.key.jwk(KID));
        key.remove("kid");
        says.keys = Reply::Json(json!({ "keys": [Key::rsa().jwk("rsa"), key] }));
    }),
    ("a key that says its algorithm", |says, evil| {
        let mut key = members(evil.key.jwk(KID));
        key.insert("alg".to_owned(), json!("ES256"));
        says.keys = Reply::Json(json!({ "keys": [key] }));
    }),
    ("a key that does not say its use", |says, evil| {
        let mut key = members(evil.key.jwk(KID));
        key.remove("use");
        says.keys = Reply::Json(json!({ "keys": [key] }));
    }),
    ("its own key in the header, which is not looked at", |says, _| {
        says.header = json!({ "jku": "https://evil.example/keys" })
    }),
    ("a type of token in small letters", |says, _| says.token = Reply::Over(json!({ "token_type": "bearer" }))),
    ("tokens that last for ever", |says, _| says.token = Reply::Over(json!({ "expires_in": u64::MAX }))),
    ("tokens that do not say how long they last", |says, _| says.token = Reply::Over(json!({ "expires_in": null }))),
    ("tokens beside what nobody knows", |says, _| {
        says.token = Reply::Over(json!({ "x": { "y": [] }, "scope": "openid" }))
    }),
    ("tokens that last for less than no time", |says, _| says.token = Reply::Over(json!({ "expires_in": -1 }))),
    ("tokens that last for a text", |says, _| says.token = Reply::Over(json!({ "expires_in": "3599" }))),
    ("tokens beside members of odd types", |says, _| {
        says.token = Reply::Over(
            json!({ "scope": ["openid"], "expires_in": "soon", "refresh_token": 7, "token_type": "BEARER" }),
        );
    }),
    ("roles in the userinfo", |says, _| {
        says.claims = json!({ "realm": null });
        says.userinfo = Reply::Json(json!({ "sub": "person-1", "realm": { "roles": ["boss"] } }));
    }),
    ("one role among ten thousand", |says, _| {
        says.claims = json!({ "realm": null });
        let mut roles: Vec<Value> = (0..10_000).map(|n| json!(format!("role-{n}"))).collect();
        roles.push(json!("boss"));
        says.userinfo = Reply::Json(json!({ "sub": "person-1", "realm": { "roles": roles } }));
    }),
    ("a role in a text", |says, _| says.claims = json!({ "realm": { "roles": "boss" } })),
    ("a claim with dots in its name", |says, _| says.claims = json!({ "realm": null, "realm.roles": ["boss"] })),
    ("no promise of an issuer in the answer", |says, _| {
        says.discovery = Reply::Over(json!({ "authorization_response_iss_parameter_supported": null }));
    }),
    ("a discovery document without what is not needed", |says, _| {
        says.discovery = Reply::Over(json!({ "userinfo_endpoint": null, "end_session_endpoint": null }));
    }),
    ("a discovery document without what is only required", |says, _| {
        says.discovery = Reply::Over(json!({
            "response_types_supported": null, "subject_types_supported": null, "id_token_signing_alg_values_supported": null,
        }));
    }),
    ("a discovery document with texts that are empty", |says, _| {
        says.discovery =
            Reply::Over(json!({ "userinfo_endpoint": "", "end_session_endpoint": "", "op_policy_uri": "" }));
    }),
    ("a discovery document with members of odd types", |says, _| {
        says.discovery = Reply::Over(json!({
            "response_types_supported": "long\n\u{1b}[31m".repeat(60_000), "subject_types_supported": 7,
            "id_token_signing_alg_values_supported": ["RS256", "ML-DSA-44", 7], "scopes_supported": { "openid": true },
            "token_endpoint_auth_methods_supported": ["a_method", 7], "registration_endpoint": "not an address",
            "claims_parameter_supported": "yes", "userinfo_endpoint": 7, "end_session_endpoint": ["x"],
        }));
    }),
];

#[test]
fn unusual_but_valid_answers_succeed() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let mut wrong = Vec::new();
        for (name, tell) in GOODS {
            setup.evil.repents();
            tell(&mut setup.evil.says(), &setup.evil);
            if let Err(why) = passes(&setup).await {
                wrong.push(format!("{name}: {why}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// The standard claims (OpenID Connect Core §5.1), and claims of ID tokens that are not verified.
const CLAIMS: [&str; 25] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
    "acr",
    "amr",
    "c_hash",
    "auth_time",
    "sid",
    "jti",
];

/// All claims at once with a value of each type, first in the ID token, then in the userinfo.
#[test]
fn a_standard_claim_of_any_type_does_not_prevent_a_sign_in() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let odd = [
            json!(""),
            json!("2026-11-23T10:59:07.841Z"),
            json!("true"),
            json!(7),
            json!(-1.5),
            json!(true),
            json!(["x", 7]),
            json!({ "formatted": 7, "x": { "y": [] } }),
        ];
        for value in odd {
            let all: Members = CLAIMS.iter().map(|name| ((*name).to_owned(), value.clone())).collect();
            setup.evil.repents();
            setup.evil.says().claims = Value::Object(all.clone());
            passes_at(&setup, &server).await.unwrap_or_else(|why| panic!("{value} in the ID token: {why}"));
            let none: Members = CLAIMS.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
            let mut text = all;
            lay(&mut text, &json!({ "sub": "person-1", "realm": { "roles": ["boss"] } }));
            setup.evil.says().claims = Value::Object(none);
            setup.evil.says().userinfo = Reply::Json(Value::Object(text));
            passes_at(&setup, &server).await.unwrap_or_else(|why| panic!("{value} in the userinfo: {why}"));
        }
    });
}

#[test]
fn an_issuer_that_ends_with_a_slash_or_a_path_works() {
    run(Engine::Sqlite, async |db| {
        passes(&Setup::with(db, Evil::start(Key::p256(), "/").await).await).await.unwrap();
        for end in ["/realms/acme", "/realms/acme/"] {
            passes(&Setup::again(db, Evil::start(Key::p256(), end).await)).await.unwrap();
        }
    });
}

#[test]
fn a_rotated_key_is_accepted_and_the_old_one_is_not() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        assert_eq!(setup.walk(&Person::at(&server)).await.status.as_u16(), 303);
        setup.evil.says().kid = "key-2";
        assert_eq!(setup.walk(&Person::at(&server)).await.status.as_u16(), 303, "the keys are fetched again");
        assert_eq!(setup.evil.calls("/keys"), 2);
        setup.evil.says().header = json!({ "kid": KID });
        assert_eq!(setup.walk(&Person::at(&server)).await.status.as_u16(), 502, "the old key is no longer published");
        assert_eq!(setup.evil.calls("/keys"), 2, "the keys are not fetched again within a minute");
    });
}
