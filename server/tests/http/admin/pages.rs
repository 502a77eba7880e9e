//! Pages, and the headers of every answer.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use licensing::Role;
use testing::contract;

use super::person::{Person, accounts, signed_in};
use crate::{decisions::explained, fixture::Server};

contract!(every_answer_has_the_security_headers, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let paths = ["/", "/sign-in", "/nowhere", "/api/v1/nothing", "/health/live", "/.well-known/jwks.json", "/problems"];
    for path in paths {
        let answer = server.get(path).await;
        let header = |name| answer.header(name);
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(header("strict-transport-security"), "max-age=63072000", "{path}");
        for feature in ["camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()"] {
            assert!(header("permissions-policy").split(", ").any(|one| one == feature), "{path}: {feature}");
        }
        assert!(!answer.headers.contains_key(header::SERVER), "{path}");
        assert!(!header("x-request-id").is_empty(), "{path}");
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
    }
});

contract!(every_page_has_its_own_nonce_and_every_script_carries_it, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Owner).await;
    let mut nonces = Vec::new();
    for page in ["/", "/", "/products", "/policies", "/licenses", "/audit"] {
        let answer = person.open(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        assert_eq!(answer.header("cache-control"), "no-store", "{page}");
        let policy = answer.header("content-security-policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap().to_owned();
        for script in answer.text().split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{page}: <script{tag}>");
        }
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 6);
});

contract!(every_page_reports_the_time_that_the_server_took, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Owner).await;
    for page in ["/", "/licenses", "/nowhere"] {
        let answer = person.open(page).await;
        let time = answer.header("server-timing").strip_prefix("total;dur=").map(str::parse::<f64>);
        assert!(matches!(time, Some(Ok(time)) if time > 0.0), "{page}: {}", answer.header("server-timing"));
    }
    assert!(!server.get("/api/v1/nothing").await.headers.contains_key("server-timing"));
});

// A second element with the id of a symbol would take the symbol's place in every icon.
contract!(no_id_is_twice_on_a_page, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    server.activate(&license, "one").await.token();
    let owner = signed_in(&server, Role::Owner).await;
    let tabs =
        ["", "/activity", "/terms", "/notes", "/edit", "/try"].map(|tab| format!("/licenses/{}{tab}", license.id));
    let pages = app::PAGES.iter().map(app::Page::route).filter(|path| !path.contains([':', '{', '*']));
    for page in pages.chain(tabs) {
        let answer = owner.open(&page).await;
        let mut ids: Vec<_> = answer.text().split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        ids.sort_unstable();
        let twice: Vec<_> = ids.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{page}: {twice:?}");
    }
});

contract!(an_anonymous_visitor_is_sent_to_sign_in_and_back, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let answer = Person::at(&server).open("/licenses?q=ada").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/sign-in?to=%2Flicenses%3Fq%3Dada");
    assert!(!answer.text().contains("Olga Owner"));
});

contract!(an_unknown_path_is_a_page_of_ours, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    for person in [Person::at(&server), signed_in(&server, Role::Viewer).await] {
        let answer = person.open("/nowhere/at/all").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.text().contains("There is nothing at this address"));
    }
});

contract!(errors_outside_the_app_are_plain_pages, async |db| {
    let server = Server::on(db).await;
    let browser = Person::at(&server);
    let long = browser.open(&format!("/{}", "a".repeat(8192))).await;
    let ask = |method: Method| Request::builder().method(method).uri("/sign-in").header(header::ACCEPT, "text/html");
    let method = browser.send(ask(Method::OPTIONS).body(Body::empty()).unwrap()).await;
    let forbidden = browser.send(ask(Method::POST).body(Body::empty()).unwrap()).await;
    for (answer, status) in [(long, 414), (method, 405), (forbidden, 403)] {
        assert_eq!(answer.status.as_u16(), status);
        assert!(answer.header("content-type").starts_with("text/html"), "{status}");
        assert!(answer.text().contains("<h1>") && answer.text().contains("href=\"/\""), "{status}: a link to continue");
    }
});

contract!(an_unavailable_database_is_reported_on_a_page, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Viewer).await;
    server.service.store().close().await;
    let answer = person.open("/").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.header("retry-after").is_empty());
    assert!(answer.text().contains("The server is busy"));
    let answer = person.call("/admin/api/logins/end", "").await;
    assert_eq!(
        (answer.status, answer.text()),
        (StatusCode::SERVICE_UNAVAILABLE, "\"Unavailable\""),
        "as the script reads it"
    );
});

contract!(the_home_page_lists_recent_refusals_and_links_to_them, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Viewer).await;
    let license = server.license().create().await;
    assert!(!person.open("/").await.text().contains("Refused in the last 24 hours"), "nothing has run yet");
    server.activate(&license, "device-1").await.token();
    assert!(person.open("/").await.text().contains("No device was refused."));
    let refused = server.activate(&license, "device-2").await.json();
    explained(&server, refused["decision"].as_str().unwrap()).await;
    let home = person.open("/").await;
    assert!(home.text().contains("why=seat_limit") && home.text().contains("hours=24"), "{}", home.text());
    server.clock.advance(25 * 3600);
    let person = signed_in(&server, Role::Viewer).await;
    assert!(person.open("/").await.text().contains("No device was refused."));
});
