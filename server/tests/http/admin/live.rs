//! Streams of changes, which pages follow.

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, Request, StatusCode,
        header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST},
    },
};
use http_body_util::BodyExt as _;
use licensing::Role;
use server::http::origin::Peer;
use testing::contract;
use tower::ServiceExt as _;

use super::person::{Person, accounts, signed_in};
use crate::fixture::{Issued, Server};

/// The address of the stream that a page names.
async fn stream_of(person: &Person<'_>, page: &str) -> String {
    let page = person.open(page).await;
    let address = page.text().split("data-live=\"").nth(1).and_then(|rest| rest.split('"').next());
    address.expect("the page follows its changes").replace("&amp;", "&")
}

/// An open stream.
struct Stream(Body);

impl Stream {
    async fn open(server: &Server, person: &Person<'_>, address: &str) -> (HeaderMap, Self) {
        let login = person.login().unwrap();
        let mut request = Request::get(address)
            .header(ACCEPT, "text/event-stream")
            .header(HOST, HeaderValue::from_static("licenses.example.com"))
            .header(COOKIE, format!("__Host-latchkey={login}"))
            .body(Body::empty())
            .unwrap();
        request.extensions_mut().insert(Peer(([192, 0, 2, 1], 50_000).into()));
        let response = server.router().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let (head, body) = response.into_parts();
        (head.headers, Self(body))
    }

    /// The next event; `None` at the end of the stream.
    async fn next(&mut self) -> Option<String> {
        let frame = self.0.frame().await?.unwrap();
        Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
    }
}

async fn licensed(db: &service::store::Store) -> (Server, Issued) {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().seats(5).create().await;
    (server, license)
}

contract!(a_page_is_told_of_a_change_and_nothing_else, async |db| {
    let (server, license) = licensed(db).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    for page in ["/", "/decisions", &format!("/licenses/{}", license.id)] {
        let address = stream_of(&viewer, page).await;
        let (headers, mut stream) = Stream::open(&server, &viewer, &address).await;
        assert_eq!(headers[CONTENT_TYPE], "text/event-stream", "{page}");
        assert_eq!(
            (&headers["x-accel-buffering"], &headers["cache-control"]),
            (&"no".parse().unwrap(), &"no-store".parse().unwrap())
        );
        server.activate(&license, &format!("device of {page}")).await.token();
        server.service.live().look().await.unwrap();
        assert_eq!(stream.next().await.unwrap().trim(), "event: changed\ndata: 1", "{page}");
    }
});

contract!(a_change_between_the_page_and_its_stream_is_not_missed, async |db| {
    let (server, license) = licensed(db).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let address = stream_of(&viewer, &format!("/licenses/{}", license.id)).await;
    server.activate(&license, "device-1").await.token();
    let (_, mut stream) = Stream::open(&server, &viewer, &address).await;
    server.service.live().look().await.unwrap();
    assert!(stream.next().await.unwrap().contains("changed"));
});

contract!(a_page_is_not_told_of_other_licenses, async |db| {
    let (server, license) = licensed(db).await;
    let other = server.license().create().await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let address = stream_of(&viewer, &format!("/licenses/{}", license.id)).await;
    let (_, mut stream) = Stream::open(&server, &viewer, &address).await;
    server.activate(&other, "device-1").await.token();
    server.service.live().look().await.unwrap();
    server.service.live().stop();
    assert_eq!(stream.next().await, None, "the server's stop ends it, and nothing came before");
});

contract!(a_job_is_followed_until_it_is_done, async |db| {
    let (server, license) = licensed(db).await;
    let form = service::LicenseForm::default();
    let job =
        server.service.jobs().create_licenses(license.policy_id, 2, form, &service::Actor::command()).await.unwrap();
    let admin = signed_in(&server, Role::Admin).await;
    let page = format!("/jobs/{job}");
    let (_, mut stream) = Stream::open(&server, &admin, &stream_of(&admin, &page).await).await;
    while server.service.jobs().run_some().await.unwrap() {}
    server.service.live().look().await.unwrap();
    assert!(stream.next().await.unwrap().contains("changed"));
    assert!(!admin.open(&page).await.text().contains("data-live"));
});

contract!(a_stream_ends_with_its_login, async |db| {
    let (server, license) = licensed(db).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let page = format!("/licenses/{}", license.id);
    let address = stream_of(&viewer, &page).await;
    let (_, mut stream) = Stream::open(&server, &viewer, &address).await;
    server.service.identity().end_login(&viewer.login_secret()).await.unwrap();
    server.activate(&license, "device-1").await.token();
    server.service.live().look().await.unwrap();
    assert_eq!(stream.next().await.unwrap().trim(), "event: ended\ndata: 1");
    assert_eq!(stream.next().await, None);
});

contract!(a_stream_needs_a_login_a_topic_and_a_browser_that_reads_streams, async |db| {
    let (server, _) = licensed(db).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let get =
        |address: &str, accept: &'static str| Request::get(address).header(ACCEPT, accept).body(Body::empty()).unwrap();
    let anonymous = Person::at(&server).send(get("/live?of=home", "text/event-stream")).await;
    assert_eq!(anonymous.status, StatusCode::SEE_OTHER);
    for address in ["/live", "/live?of=everything", "/live?of=license-x"] {
        assert_eq!(viewer.send(get(address, "text/event-stream")).await.status, StatusCode::BAD_REQUEST, "{address}");
    }
    assert_eq!(viewer.send(get("/live?of=home", "text/html")).await.status, StatusCode::NOT_ACCEPTABLE);
});

contract!(a_page_that_fetches_itself_does_not_keep_its_login, async |db| {
    let (server, _) = licensed(db).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let seen = async || {
        let login = server.service.identity().login(&viewer.login_secret()).await.unwrap().unwrap();
        login.seen_at.unwrap()
    };
    let began = seen().await;
    server.clock.advance(10 * 60);
    let by_itself = Request::get("/").header(ACCEPT, "text/html").header("latchkey-unattended", "1");
    assert_eq!(viewer.send(by_itself.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
    assert_eq!(seen().await, began);
    viewer.open("/").await;
    assert!(seen().await > began, "a visit counts");
});
