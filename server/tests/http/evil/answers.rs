//! Callbacks from the provider, manipulated by an attacker.

use axum::{
    body::Body,
    http::{
        Method, Request,
        header::{ACCEPT, CONTENT_TYPE, ORIGIN},
    },
};
use testing::{Engine, contract, run};

use super::{provider::CODE, setup::Setup};
use crate::{
    admin::person::Person,
    fixture::Answer,
    oidc::visit::{BEGIN, begin, come_back},
};

/// A manipulation of the honest query, with the status and the reason that must result.
type Twist = (&'static str, fn(String) -> String, u16, &'static str);

fn without(query: &str, name: &str) -> String {
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with(&format!("{name}="))).collect();
    kept.join("&")
}

fn with(query: &str, name: &str, value: &str) -> String {
    format!("{}&{name}={value}", without(query, name))
}

const TWISTS: &[Twist] = &[
    ("no state", |query| without(&query, "state"), 400, "state"),
    ("an empty state", |query| with(&query, "state", ""), 400, "state"),
    ("another state", |query| with(&query, "state", "AAAAAAAAAAAAAAAAAAAAAA"), 400, "state"),
    ("a state with a byte more", |query| with(&query, "state", &format!("{}x", state(&query))), 400, "state"),
    ("a state in capitals", |query| with(&query, "state", &state(&query).to_uppercase()), 400, "state"),
    ("two states", |query| format!("{query}&state=x"), 400, "twice"),
    ("the same state twice", |query| format!("{query}&state={}", state(&query)), 400, "twice"),
    ("no code", |query| without(&query, "code"), 502, "code"),
    ("an empty code", |query| with(&query, "code", ""), 502, "code"),
    ("two codes", |query| format!("{query}&code=x"), 400, "twice"),
    ("a code that was made up", |query| with(&query, "code", "made-up"), 502, "invalid_grant"),
    (
        "a code that writes a form",
        |query| with(&query, "code", "x%26grant_type%3Dclient_credentials"),
        502,
        "invalid_grant",
    ),
    ("a code that writes headers", |query| with(&query, "code", "x%0d%0aX-Evil:%201"), 502, "invalid_grant"),
    ("no issuer, although it was promised", |query| without(&query, "iss"), 502, "issuer"),
    ("an empty issuer", |query| with(&query, "iss", ""), 502, "issuer"),
    ("another issuer", |query| with(&query, "iss", "https%3A%2F%2Fevil.example"), 502, "issuer"),
    ("the issuer with a slash", |query| format!("{query}%2F"), 502, "issuer"),
    ("two issuers", |query| format!("{query}&iss=https%3A%2F%2Fevil.example"), 400, "twice"),
    (
        "another issuer for an error",
        |query| with(&without(&query, "code"), "iss", "x") + "&error=access_denied",
        502,
        "issuer",
    ),
    ("an error beside a code", |query| format!("{query}&error=access_denied"), 403, "denied"),
    ("an error with a page in it", |query| with(&query, "error", "%3Cscript%3Ealert(1)%3C/script%3E"), 502, "reports"),
    ("an error with a line break in it", |query| with(&query, "error", "a%0d%0ab%1b%5b31m"), 502, "reports"),
    (
        "an error that is explained with a page",
        |query| with(&query, "error", "access_denied&error_description=%3Cimg%20src=x%20onerror=alert(1)%3E"),
        403,
        "denied",
    ),
    (
        "an error that is explained at length",
        |query| with(&query, "error", &format!("server_error&error_description={}", "evil".repeat(1800))),
        503,
        "server_error",
    ),
    ("an error of 6,000 letters", |query| with(&query, "error", &"x".repeat(6000)), 502, "reports"),
    ("an ID token in place of a code", |query| with(&without(&query, "code"), "id_token", "a.b.c"), 502, "code"),
    ("an access token in place of a code", |query| with(&without(&query, "code"), "access_token", "x"), 502, "code"),
    ("nothing at all", |_| String::new(), 400, "state"),
    ("bytes that are no text", |query| with(&query, "state", "%ff%fe"), 400, "state"),
];

fn state(query: &str) -> String {
    query.split('&').find_map(|pair| pair.strip_prefix("state=")).unwrap().to_owned()
}

#[test]
fn a_manipulated_callback_does_not_sign_in() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        for (name, twist, status, why) in TWISTS {
            let person = Person::at(&server);
            let asked = begin(&person, "/").await;
            let before = setup.before().await;
            let answer = come_back(&person, &twist(setup.evil.agrees(asked))).await;
            // Another website can send any browser here, which must not end an attempt in another tab.
            assert_eq!(person.attempts().len(), usize::from(*status == 400), "{name}: only its own attempt has ended");
            setup.ends(name, (*status, why), &person, &answer, before).await;
        }
        let asked = setup.evil.calls("/token");
        assert_eq!(asked, 3, "only plausible codes are sent to the provider");
        setup.over(TWISTS.len());
    });
}

/// A manipulation of the cookie of the attempt.
type Bite = (&'static str, fn(&str) -> String);

const BITES: &[Bite] = &[
    ("no cookie", |_| String::new()),
    ("its first letter changed", |cookie| {
        format!("{}{}", if cookie.starts_with('A') { "B" } else { "A" }, &cookie[1..])
    }),
    ("a letter in the middle changed", |cookie| {
        let (head, tail) = cookie.split_at(cookie.len() / 2);
        format!("{head}{}{}", if tail.starts_with('A') { "B" } else { "A" }, &tail[1..])
    }),
    ("its last letters changed", |cookie| format!("{}AAAA", &cookie[..cookie.len() - 4])),
    ("cut short", |cookie| cookie[..cookie.len() - 8].to_owned()),
    ("a letter more", |cookie| format!("{cookie}A")),
    ("a claim in clear", |_| r#"{"state":"x","to":"/"}"#.replace('"', "%22")),
    ("another kind of nothing", |_| "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()),
];

#[test]
fn a_manipulated_attempt_does_not_sign_in() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        for (name, bite) in BITES {
            let person = Person::at(&server);
            let query = setup.evil.agrees(begin(&person, "/").await);
            let attempt = person.attempt();
            person.plant(&attempt, &bite(&person.cookie(&attempt).unwrap()));
            let before = setup.before().await;
            let answer = come_back(&person, &query).await;
            setup.ends(name, (400, "no attempt"), &person, &answer, before).await;
        }
        assert_eq!(setup.evil.calls("/token"), 0);
        setup.over(BITES.len());
    });
}

contract!(an_attempt_of_another_browser_or_an_ended_one_does_not_sign_in, async |db| {
    let setup = Setup::set(db).await;
    let server = setup.server(&[]).await;

    // From another browser: the thief has the callback URL, with an attempt of their own or none.
    let (person, thief) = (Person::at(&server), Person::at(&server));
    let query = setup.evil.agrees(begin(&person, "/").await);
    let before = setup.before().await;
    let answer = come_back(&thief, &query).await;
    setup.ends("the address without the cookie", (400, "no attempt"), &thief, &answer, before).await;
    begin(&thief, "/").await;
    let before = setup.before().await;
    let answer = come_back(&thief, &query).await;
    setup.ends("the address with another cookie", (400, "state"), &thief, &answer, before).await;

    // The victim is sent to the attacker's callback URL (RFC 9700 §4.7).
    let (attacker, victim) = (Person::at(&server), Person::at(&server));
    let query = setup.evil.agrees(begin(&attacker, "/").await);
    let before = setup.before().await;
    let answer = come_back(&victim, &query).await;
    setup.ends("the attacker’s address in the victim’s browser", (400, "no attempt"), &victim, &answer, before).await;

    // Another attempt of the same browser under the name of this one.
    let person = Person::at(&server);
    begin(&person, "/").await;
    let first = person.attempt();
    let query = setup.evil.agrees(begin(&person, "/").await);
    let second = person.attempts().into_iter().find(|name| *name != first).unwrap();
    person.plant(&second, &person.cookie(&first).unwrap());
    let before = setup.before().await;
    let answer = come_back(&person, &query).await;
    setup.ends("an attempt under the name of another", (400, "state"), &person, &answer, before).await;

    let late = Person::at(&server);
    let query = setup.evil.agrees(begin(&late, "/").await);
    server.clock.advance(600);
    setup.evil.clock.advance(600);
    let before = setup.before().await;
    let answer = come_back(&late, &query).await;
    setup.ends("after ten minutes", (400, "ten minutes"), &late, &answer, before).await;
    setup.over(5);
});

contract!(a_callback_is_valid_once_even_with_several_cookies, async |db| {
    let setup = Setup::set(db).await;
    let server = setup.server(&[]).await;
    let person = Person::at(&server);
    let copies: Vec<Person<'_>> = {
        let query = begin(&person, "/").await;
        setup.evil.agrees(query);
        (0..4).map(|_| person.copied()).collect()
    };
    let asked = state_of(&setup);
    let query = format!("code={CODE}&state={asked}&iss={}", app::http::address::escape(&setup.evil.issuer));
    let [a, b, c, d] = copies.as_slice() else { panic!("four") };
    let answers = tokio::join!(come_back(a, &query), come_back(b, &query), come_back(c, &query), come_back(d, &query));
    let statuses: Vec<u16> =
        [answers.0, answers.1, answers.2, answers.3].iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 3, "{statuses:?}");
    let again = come_back(&person, &query).await;
    assert_eq!((again.status.as_u16(), person.login()), (400, None), "it stays invalid later");
});

/// The `state` of the last attempt.
fn state_of(setup: &Setup<'_>) -> String {
    let says = setup.evil.says();
    says.secrets[says.secrets.len() - 2].clone()
}

async fn send(person: &Person<'_>, method: Method, query: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("{BEGIN}/callback?{query}"))
        .header(ACCEPT, "text/html")
        .header("sec-fetch-site", "cross-site")
        .header(ORIGIN, "https://evil.example")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    person.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[test]
fn the_callback_accepts_only_get() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        for method in [Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let person = Person::at(&server);
            let query = setup.evil.agrees(begin(&person, "/").await);
            for (query, body) in [(query.as_str(), ""), ("", query.as_str())] {
                let answer = send(&person, method.clone(), query, body).await;
                assert!(answer.status.is_client_error(), "{method}: {}", answer.status);
                assert_eq!(person.login(), None, "{method}");
            }
        }
        assert!(setup.account("person-1").await.is_none());
        assert_eq!(setup.evil.calls("/token"), 0);
    });
}

#[test]
fn an_overlong_callback_and_an_unknown_provider_are_refused() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let person = Person::at(&server);
        let query = setup.evil.agrees(begin(&person, "/").await);
        let long = come_back(&person, &format!("{query}&error_description={}", "x".repeat(50_000))).await;
        assert_eq!((long.status.as_u16(), person.login()), (414, None));
        assert!(long.text().contains("href=\"/\""));
        for id in ["nobody", "acme%00", "..", "%2e%2e", "acme%2f..", "' OR 1=1", "ACME"] {
            let id = id.replace(' ', "%20");
            for path in [format!("/sign-in/oidc/{id}"), format!("/sign-in/oidc/{id}/callback?{query}")] {
                let request = Request::get(&path).header(ACCEPT, "text/html").header("sec-fetch-site", "same-origin");
                let answer = person.send(request.body(Body::empty()).unwrap()).await;
                assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
                assert!(answer.text().contains("href=\"/\""), "{path}: {}", answer.text());
                assert_eq!(person.login(), None);
            }
        }
    });
}

#[test]
fn a_login_planted_by_an_attacker_is_replaced_at_sign_in() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        // The attacker signs in as themselves and plants that login in the victim's browser.
        let attacker = Person::at(&server);
        attacker.sign_in("viewer@example.com").await;
        let planted = attacker.login().unwrap();
        let victim = Person::at(&server);
        victim.plant("__Host-latchkey", &planted);
        let answer = setup.walk(&victim).await;
        assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
        assert_ne!(victim.login(), Some(planted.clone()), "the login has a new secret");
        assert_eq!(attacker.open("/").await.status.as_u16(), 303, "the old login is dead");
        // The same with an invented login.
        let victim = Person::at(&server);
        victim.plant("__Host-latchkey", "AAAAAAAAAAAAAAAAAAAAAA");
        setup.walk(&victim).await;
        let thief = Person::at(&server);
        thief.plant("__Host-latchkey", "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(thief.open("/").await.status.as_u16(), 303);
    });
}
