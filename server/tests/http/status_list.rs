//! `GET /status-lists/{id}`.

use std::io::Read as _;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use licensing::license::StateChange;
use service::Actor;
use testing::contract;

use crate::fixture::{Answer, Issued, Server, Token};

/// A token's reference to its entry in a list.
struct Place {
    path: String,
    index: usize,
}

/// A license, and the entry of its only device.
async fn placed(server: &Server) -> (Issued, Place) {
    let license = server.license().create().await;
    let token = server.activate(&license, "device-1").await.token();
    (license, Place::of(&token))
}

impl Place {
    fn of(token: &Token) -> Self {
        let place = &token.claims["status"]["status_list"];
        let path = place["uri"].as_str().unwrap().strip_prefix("https://licenses.example.com").unwrap().to_owned();
        Self { path, index: usize::try_from(place["idx"].as_u64().unwrap()).unwrap() }
    }
}

/// The status of that entry. Asserts that the list conforms to the draft.
#[track_caller]
fn status_in(answer: &Answer, Place { path, index }: &Place, keys: &serde_json::Value) -> u8 {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/statuslist+jwt");
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    let token = Token::read(answer.text());
    assert!(token.is_signed_by(keys));
    assert_eq!((&token.header["typ"], &token.header["alg"]), (&"statuslist+jwt".into(), &"ES256".into()));
    assert_eq!(token.claims["sub"], format!("https://licenses.example.com{path}"));
    assert!(token.seconds("exp") - token.seconds("iat") <= 86_400 + 300 && token.seconds("ttl") <= 300);
    assert_eq!(token.claims["status_list"]["bits"], 2);
    let bytes = inflate(token.claims["status_list"]["lst"].as_str().unwrap());
    assert_eq!(bytes.len(), 1 << 18);
    bytes[index / 4] >> (index % 4 * 2) & 3
}

fn inflate(lst: &str) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let mut bytes = vec![];
    let zlib = URL_SAFE_NO_PAD.decode(lst).unwrap();
    flate2::read::ZlibDecoder::new(&zlib[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

async fn accepting(server: &Server, path: &str, accept: &str) -> Answer {
    server.send(Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap()).await
}

contract!(a_revoked_device_is_in_the_list_of_every_instance, async |db| {
    let (server, other) = (Server::on(db).await, Server::on(db).await);
    let (license, place) = placed(&server).await;
    let keys = server.get("/.well-known/jwks.json").await.json();
    for server in [&server, &other] {
        assert_eq!(status_in(&server.get(&place.path).await, &place, &keys), 0);
    }
    server.revoke(&license, "device-1").await;
    for server in [&server, &other] {
        server.clock.advance(2);
        assert_eq!(status_in(&server.get(&place.path).await, &place, &keys), 1);
    }
});

contract!(a_suspended_license_is_in_the_list_until_it_is_reinstated, async |db| {
    let server = Server::on(db).await;
    let (license, place) = placed(&server).await;
    let keys = server.get("/.well-known/jwks.json").await.json();
    for (step, expected) in [(StateChange::Suspend, 2), (StateChange::Reinstate, 0), (StateChange::Revoke, 1)] {
        server.service.licenses().change_state(license.id, step, "Unpaid.", &Actor::command()).await.unwrap();
        server.clock.advance(2);
        assert_eq!(status_in(&server.get(&place.path).await, &place, &keys), expected, "{step:?}");
    }
});

contract!(a_checked_out_seat_is_suspended_until_it_returns, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(|terms| terms.holding = licensing::terms::Holding::Floating).create().await;
    let answer = server.activate(&license, "device-1").await;
    let (token, bearer) = (answer.token(), answer.json());
    let place = Place::of(&token);
    let keys = server.get("/.well-known/jwks.json").await.json();
    let sid = token.claims["sid"].as_str().unwrap();
    for (method, call, expected) in [("POST", "/check-out", 2), ("POST", "/check-in", 0), ("DELETE", "", 1)] {
        let request = Request::builder().method(method).uri(format!("/api/v1/activations/{sid}{call}"));
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", bearer.as_str().unwrap()));
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert!(answer.status.is_success(), "{}", answer.text());
        server.clock.advance(2);
        assert_eq!(status_in(&server.get(&place.path).await, &place, &keys), expected, "{call}");
    }
});

contract!(the_list_is_served_to_clients_that_accept_its_type, async |db| {
    let server = Server::on(db).await;
    let (_, place) = placed(&server).await;
    for accept in ["application/statuslist+jwt", "*/*", "application/statuslist+cwt, application/statuslist+jwt;q=0.5"]
    {
        assert_eq!(accepting(&server, &place.path, accept).await.status, StatusCode::OK, "{accept}");
    }
    for accept in ["application/statuslist+cwt", "text/html", "application/statuslist+jwt;q=0"] {
        assert_eq!(
            accepting(&server, &place.path, accept).await.problem(),
            (406, "invalid_request".to_owned()),
            "{accept}"
        );
    }
});

contract!(a_client_that_has_the_list_gets_not_modified, async |db| {
    let server = Server::on(db).await;
    let (_, place) = placed(&server).await;
    let tag = server.get(&place.path).await.header(header::ETAG).to_owned();
    let ask = async || {
        let request = Request::get(&place.path).header(header::IF_NONE_MATCH, &tag).body(Body::empty()).unwrap();
        server.send(request).await
    };
    let same = ask().await;
    assert_eq!((same.status, same.body.len()), (StatusCode::NOT_MODIFIED, 0));
    server.clock.advance(2);
    assert_eq!(ask().await.status, StatusCode::OK, "a new signature is a new list");
});

contract!(other_paths_have_no_list, async |db| {
    let server = Server::on(db).await;
    for path in ["/status-lists/", "/status-lists/1", "/status-lists/00000000-0000-7000-8000-000000000000"] {
        assert_eq!(server.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let unknown = server.get("/status-lists/00000000-0000-7000-8000-000000000000").await;
    assert_eq!(unknown.problem(), (404, "not_found".to_owned()));
});

contract!(during_an_outage_the_list_is_served_until_it_ends, async |db| {
    let server = Server::on(db).await;
    let (_, place) = placed(&server).await;
    let keys = server.get("/.well-known/jwks.json").await.json();
    status_in(&server.get(&place.path).await, &place, &keys);
    db.close().await;
    server.clock.advance(86_390);
    let last = server.get(&place.path).await;
    assert_eq!((last.status, last.header("cache-control")), (StatusCode::OK, "public, max-age=10"));
    server.clock.advance(10);
    let over = server.get(&place.path).await;
    assert_eq!(over.problem(), (503, "unavailable".to_owned()));
    assert_eq!(over.header("retry-after"), "5");
});

contract!(the_list_is_compressed_for_clients_that_accept_gzip, async |db| {
    let server = Server::on(db).await;
    let (_, place) = placed(&server).await;
    let plain = server.get(&place.path).await;
    assert_eq!(plain.header(header::CONTENT_ENCODING), "");
    for (coding, expected) in [("gzip", "gzip"), ("gzip, deflate, br", "gzip"), ("br", ""), ("gzip;q=0", "")] {
        let request = Request::get(&place.path).header(header::ACCEPT_ENCODING, coding).body(Body::empty()).unwrap();
        let answer = server.send(request).await;
        assert_eq!(answer.header(header::CONTENT_ENCODING), expected, "{coding}");
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/statuslist+jwt");
        let varies = answer.headers.get_all(header::VARY).iter().any(|one| one.to_str().unwrap().contains("encoding"));
        assert!(varies, "{coding}: caches must keep both forms apart");
        let mut text = String::new();
        match expected {
            "gzip" => _ = flate2::read::GzDecoder::new(&*answer.body).read_to_string(&mut text).unwrap(),
            _ => answer.text().clone_into(&mut text),
        }
        assert_eq!(text, plain.text(), "{coding}");
    }
});

contract!(historical_lists_are_not_supported, async |db| {
    let server = Server::on(db).await;
    let (_, place) = placed(&server).await;
    let answer = server.get(&format!("{}?time=1686925000", place.path)).await;
    assert_eq!(answer.problem(), (501, "invalid_request".to_owned()));
    assert_eq!(server.get(&format!("{}?times=1", place.path)).await.status, StatusCode::OK);
});
