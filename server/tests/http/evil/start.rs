//! The start of a sign-in: only from our own pages, and only back to them.

use std::collections::HashSet;

use axum::{
    body::Body,
    http::{
        Request,
        header::{ACCEPT, CONTENT_TYPE, ORIGIN},
    },
};
use testing::{Database, Engine, run};

use super::{keys::unb64, setup::Setup};
use crate::{
    admin::person::Person,
    oidc::visit::{BEGIN, asked, begin, come_back, press},
};

#[test]
fn another_website_cannot_begin_a_sign_in() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        for site in ["cross-site", "same-site", "none", "", "same-origin, cross-site"] {
            let person = Person::at(&server);
            let request = Request::get(format!("{BEGIN}?to=/licenses"))
                .header(ACCEPT, "text/html")
                .header("sec-fetch-site", site);
            let answer = person.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/sign-in?to=%2Flicenses"), "{site}");
            assert_eq!(answer.header("set-cookie"), "", "{site}");
            let request = Request::post(BEGIN)
                .header(ACCEPT, "text/html")
                .header(ORIGIN, "https://evil.example")
                .header("sec-fetch-site", site)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer = person.send(request.body(Body::from("to=/licenses")).unwrap()).await;
            assert_eq!(answer.status.as_u16(), 403, "{site}");
        }
        assert_eq!(setup.evil.calls("/.well-known/openid-configuration"), 0, "the provider was not called");
    });
}

#[test]
fn a_user_who_signs_in_lands_on_a_page_of_ours() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let long = format!("/{}", "x".repeat(600));
        for evil in [
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/%09/evil.example",
            "/%0a/evil.example",
            "/%0d%0aX-Evil:%201",
            "https://evil.example",
            "https:evil.example",
            "https%3A%2F%2Fevil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "evil.example",
            "%20/licenses",
            "/%e2%80%ae",
            "@evil.example",
            long.as_str(),
        ] {
            let person = Person::at(&server);
            let query = setup.evil.agrees(begin(&person, evil).await);
            let answer = come_back(&person, &query).await;
            assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"), "{evil}");
            assert_eq!(answer.header("x-evil"), "");
        }
        for good in ["/licenses?q=a%26b", "/%2F%2Fevil.example"] {
            let person = Person::at(&server);
            let query = setup.evil.agrees(begin(&person, &app::http::address::escape(good)).await);
            assert_eq!(come_back(&person, &query).await.header("location"), good);
        }
    });
}

#[test]
fn every_attempt_is_hard_to_guess_and_stored_only_by_its_own_browser() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let mut seen = HashSet::new();
        for _ in 0..3 {
            let answer = press(&Person::at(&server), &format!("{BEGIN}?to=/devices")).await;
            let (cookie, attributes) = answer.header("set-cookie").split_once("; ").unwrap();
            assert!(cookie.starts_with("__Host-latchkey-attempt-") && seen.insert(cookie.to_owned()), "{cookie}");
            let mut attributes: Vec<&str> = attributes.split("; ").collect();
            attributes.sort_unstable();
            assert_eq!(attributes, ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax", "Secure"]);
            let asked = asked(&answer);
            for name in ["state", "nonce", "code_challenge"] {
                assert!(unb64(&asked[name]).len() >= 16, "{name} must have at least 128 bits");
                assert!(seen.insert(asked[name].clone()), "{name} must differ each time");
            }
            assert_eq!((asked["code_challenge_method"].as_str(), asked["response_type"].as_str()), ("S256", "code"));
            assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
            assert!(!answer.header("location").contains("devices"), "the return path must not be sent to the provider");
        }
    });
}

#[test]
fn attempts_without_a_callback_leave_nothing_behind() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let before = setup.events().await.len();
        for _ in 0..200 {
            begin(&Person::at(&server), "/").await;
        }
        assert_eq!(setup.events().await.len(), before);
        assert_eq!(setup.evil.calls("/.well-known/openid-configuration"), 1, "the discovery document is fetched once");
        // Callbacks without an attempt: they fill the audit log only up to a limit.
        for _ in 0..200 {
            come_back(&Person::at(&server), "code=x&state=y").await;
        }
        let written = setup.events().await.len() - before;
        assert!((1..=101).contains(&written), "{written} events");
    });
}

#[test]
fn the_csp_lets_forms_lead_to_the_provider_and_nowhere_else() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let person = Person::at(&server);
        let failed = come_back(&person, "code=x&state=y").await;
        let policy = failed.header("content-security-policy");
        assert!(policy.contains(&format!("form-action 'self' {};", setup.evil.issuer)), "{policy}");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!((failed.header("referrer-policy"), failed.header("cache-control")), ("same-origin", "no-store"));
    });
}

#[test]
fn a_cookie_sealed_for_one_purpose_is_invalid_for_another() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let leaving = "__Host-latchkey-leaving";
        let person = Person::at(&server);
        setup.walk(&person).await;
        person.submit("/", "_action=/admin/api/sign-out&_form=sign-out").await;
        let way_out = person.cookie(leaving).unwrap();
        let query = setup.evil.agrees(begin(&person, "/").await);

        let attempt = person.attempt();
        person.plant(leaving, &person.cookie(&attempt).unwrap());
        assert_eq!(
            press(&person, "/sign-out/oidc").await.header("location"),
            "/",
            "an attempt is not valid for a sign-out"
        );
        person.plant(&attempt, &way_out);
        assert_eq!(come_back(&person, &query).await.status.as_u16(), 400, "a sign-out is not valid as an attempt");
        person.plant(leaving, &way_out);
        assert!(
            press(&person, "/sign-out/oidc").await.header("location").contains("/end?"),
            "it is valid for the sign-out"
        );
    });
}

#[test]
fn before_there_is_an_owner_no_provider_sign_in_succeeds() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        let server = setup.server(&[]).await;
        let person = Person::at(&server);
        let query = setup.evil.agrees(begin(&person, "/").await);

        // The same server with the same sealing key, before its setup.
        let empty = Database::new(Engine::Sqlite).await;
        let before = Setup::again(&empty, setup.evil.clone());
        let server = before.server(&[]).await;
        let early = Person::at(&server);
        early.take_cookie(&person, &person.attempt());
        for answer in [come_back(&early, &query).await, press(&early, BEGIN).await] {
            assert_eq!((answer.status.as_u16(), early.login()), (403, None));
            assert!(answer.text().contains("This server has no owner yet"), "{}", answer.text());
        }
        assert!(before.account("person-1").await.is_none());
    });
}
