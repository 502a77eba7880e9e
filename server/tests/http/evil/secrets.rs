//! Byte-by-byte search for secrets of a sign-in in the database and in the log, where they must not be.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use testing::contract;

use super::{
    logout,
    provider::{ACCESS, CLIENT, CODE, REFRESH, Reply, SECRET},
    setup::Setup,
};
use crate::{
    admin::{person::Person, secrets::Log},
    oidc::visit::{begin, come_back},
};

contract!(no_secret_of_a_sign_in_is_in_the_database_or_in_the_log, async |db| {
    let (log, begun) = Log::all();
    let setup = Setup::set(db).await;
    let evil = &setup.evil;
    let server = setup.server(&[]).await;
    let mut cookies = Vec::new();

    // A sign-in with an invalid code; a good one; a check with new tokens.
    let person = Person::at(&server);
    let asked = begin(&person, "/").await;
    cookies.extend(person.cookie(&person.attempt()));
    come_back(&person, &evil.agrees(asked).replace(CODE, "code-that-was-made-up")).await;
    assert_eq!(setup.walk(&person).await.status.as_u16(), 303);
    cookies.extend(person.login());
    server.clock.advance(600);
    evil.clock.advance(600);
    assert_eq!(person.open("/").await.status.as_u16(), 200);
    assert_eq!(evil.calls("/token"), 3);

    // A sign-out at the provider; another sign-in, and a sign-out by the back channel.
    person.submit("/", "_action=/admin/api/sign-out&_form=sign-out").await;
    cookies.extend(person.cookie("__Host-latchkey-leaving"));
    assert_eq!(cookies.len(), 3, "an attempt, a login and a sign-out");
    assert_eq!(setup.walk(&person).await.status.as_u16(), 303);
    let (good, bad) = (logout::token(evil, "logout-1"), logout::token(evil, "logout-1").replace('.', ".x"));
    assert_eq!((logout::post(&server, &bad).await, logout::post(&server, &good).await), (400, 200));

    // An untrusted ID token.
    evil.says().claims = serde_json::json!({ "aud": "another" });
    assert_eq!(setup.walk(&person).await.status.as_u16(), 502);
    evil.says().token = Reply::Refusal(serde_json::json!({ "error": "invalid_client" }));
    assert_eq!(setup.walk(&person).await.status.as_u16(), 502);

    let basic = STANDARD.encode(format!("{CLIENT}:{SECRET}"));
    let own = [SECRET, CODE, ACCESS, REFRESH, "code-that-was-made-up", basic.as_str(), good.as_str(), bad.as_str()];
    let mut secrets: Vec<String> = own.into_iter().map(str::to_owned).collect();
    secrets.extend(cookies);
    // States, nonces, verifiers, and ID tokens with their parts.
    for reported in evil.says().secrets.iter().filter(|reported| !reported.is_empty()) {
        secrets.extend(reported.split('.').skip(1).map(str::to_owned));
        secrets.push(reported.clone());
    }
    assert!(secrets.len() > 30 && secrets.iter().all(|secret| secret.len() > 15), "{secrets:?}");
    let everything = db.everything().await;
    for secret in &secrets {
        assert!(!holds(&everything, secret), "{secret:.60} is in the database");
        assert!(!log.holds(secret.as_bytes()), "{secret:.60} is in the log");
    }
    assert!(
        holds(&everything, "person-1") && holds(&everything, &evil.issuer),
        "the search must find values that are there"
    );
    assert!(!begun || log.holds(b"a sign-in did not succeed"), "the search must find text that is in the log");
});

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
}
