//! Every answer has exactly the announced length, and the connection continues after it.

use std::collections::{BTreeMap, BTreeSet};

use server::access_table::ACCESS_TABLE;
use testing::contract;

use super::{Reply, Wire};
use crate::{admin::person::accounts, fixture::Server};

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LATCH"];

/// Paths other than the routes: assets, unknown paths and malformed ones.
const OTHERS: [&str; 10] = [
    "/nowhere",
    "/admin/api/none",
    "/admin/api/sign-in",
    "/admin/api/home",
    "/admin/api/products/create",
    "/api/v1/none",
    "/problems/none",
    "/favicon.svg",
    "/sign-in//",
    "/%00%ff",
];

const FORM: &str = "Accept: text/html\r\nContent-Type: application/x-www-form-urlencoded\r\n";
const JSON: &str = "Accept: application/json\r\nContent-Type: application/json\r\n";
const OWN: &str = "Origin: https://licenses.example.com\r\n";

fn paths() -> BTreeSet<String> {
    let id = "019ab2c4-0000-7000-8000-000000000000";
    let filled = |path: &str| {
        let parts = path.split('/').map(|part| if part.starts_with('{') { id } else { part });
        parts.collect::<Vec<_>>().join("/")
    };
    ACCESS_TABLE.iter().map(|route| filled(route.path)).chain(OTHERS.map(str::to_owned)).collect()
}

/// Sends a request and checks that its answer ends where announced. Then the connection must answer another request.
fn asked(wire: &Wire, line: &mut super::Line, method: &str, path: &str, headers: &str, body: &str) -> Reply {
    let length = body.len();
    let what = format!("{method} {path} {headers:?}");
    line.send(format!("{method} {path} HTTP/1.1\r\nHost: licenses.example.com\r\n{headers}"));
    line.send(if length == 0 { "\r\n".to_owned() } else { format!("Content-Length: {length}\r\n\r\n{body}") });
    let reply = line.reply(method);
    if reply.closes() {
        assert_eq!(String::from_utf8_lossy(&line.rest()), "", "{what}: bytes beyond the answer {reply:?}");
        *line = wire.connect();
        return reply;
    }
    line.send("GET /health/live HTTP/1.1\r\nHost: licenses.example.com\r\n\r\n");
    let next = line.reply("GET");
    assert_eq!((next.status, next.text().as_str()), (200, r#"{"status":"ok"}"#), "{what}: what follows {reply:?}");
    reply
}

contract!(every_answer_has_the_announced_length, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let wire = Wire::of(&server).await;
    let mut line = wire.connect();
    let mut seen: BTreeMap<u16, usize> = BTreeMap::new();
    let mut lengths: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut see = |path: &str, method: &str, reply: &Reply| {
        *seen.entry(reply.status).or_default() += 1;
        let length = reply.header("content-length").map(str::to_owned);
        match method {
            "GET" => _ = lengths.insert(path.to_owned(), length),
            // The length that GET would have, or none (RFC 9110 §8.6).
            "HEAD" if length.is_some() && reply.status != 405 => assert_eq!(length, lengths[path], "HEAD {path}"),
            _ => {}
        }
    };
    for path in paths() {
        for method in METHODS {
            let body = if matches!(method, "POST" | "PUT" | "PATCH") { "x=y" } else { "" };
            see(&path, method, &asked(&wire, &mut line, method, &path, &format!("{FORM}{OWN}"), body));
            if matches!(method, "GET" | "POST" | "OPTIONS") {
                see("", "", &asked(&wire, &mut line, method, &path, JSON, body));
            }
        }
        let long = "a".repeat(20_000);
        for (headers, body) in [(FORM, "x".repeat(300_000)), (JSON, "x".repeat(300_000))] {
            let reply = asked(&wire, &mut line, "POST", &path, &format!("{headers}{OWN}"), &body);
            see("", "", &reply);
        }
        see("", "", &asked(&wire, &mut line, "GET", &format!("{path}?{long}"), FORM, ""));
        see("", "", &asked(&wire, &mut line, "GET", &path, &format!("X-Large: {long}{long}\r\n"), ""));
    }
    db.execute("ALTER TABLE accounts RENAME TO away").await;
    for headers in [FORM, JSON] {
        let form = "email=owner@example.com&password=five+owls+on+a+fence&to=/";
        let reply = asked(&wire, &mut line, "POST", "/admin/api/sign-in", &format!("{headers}{OWN}"), form);
        see("", "", &reply);
    }
    server.service.store().close().await;
    for path in paths() {
        for method in ["GET", "HEAD", "POST"] {
            for headers in [FORM, JSON] {
                let reply = asked(&wire, &mut line, method, &path, &format!("{headers}{OWN}"), "");
                see("", "", &reply);
            }
        }
    }
    for status in [400, 403, 404, 405, 413, 414, 415, 431, 500, 503] {
        assert!(seen.contains_key(&status), "no answer had status {status}, so it is not tested: {seen:?}");
    }
});

contract!(an_unread_body_does_not_reset_the_connection, async |db| {
    let server = Server::on(db).await;
    let wire = Wire::of(&server).await;
    for (head, status) in [
        ("POST /api/v1/activations/jwt HTTP/1.1\r\nContent-Type: text/plain\r\n", 415),
        ("POST /api/v1/activations/jwt HTTP/1.1\r\nContent-Type: application/json\r\n", 413),
        ("PUT /api/v1/activations/jwt HTTP/1.1\r\nContent-Type: application/json\r\n", 405),
    ] {
        let mut line = wire.connect();
        line.send(format!("{head}Host: licenses.example.com\r\nContent-Length: 200000\r\n\r\n"));
        line.send("x".repeat(200_000));
        let reply = line.reply("POST");
        assert_eq!(reply.status, status, "{head}");
        assert!(reply.closes(), "{head}: the next request would follow the unread body");
        assert_eq!(line.rest(), b"", "{head}");
    }
    let mut line = wire.connect();
    line.send("POST /api/v1/activations/jwt HTTP/1.1\r\nHost: licenses.example.com\r\nContent-Length: 3\r\n\r\nabc");
    let reply = line.reply("POST");
    assert!(reply.status == 415 && !reply.closes(), "a short body is read to keep the connection");
});

contract!(a_client_waiting_for_100_continue_gets_the_answer_instead_if_its_body_is_not_needed, async |db| {
    let server = Server::on(db).await;
    let wire = Wire::of(&server).await;
    let expect = "Host: licenses.example.com\r\nExpect: 100-continue\r\nContent-Length: 3\r\n";
    let mut line = wire.connect();
    line.send(format!("POST /api/v1/activations/jwt HTTP/1.1\r\n{expect}\r\n"));
    let reply = line.reply("POST");
    assert_eq!((reply.status, reply.closes()), (415, true));
    let mut line = wire.connect();
    line.send(format!("POST /api/v1/activations/jwt HTTP/1.1\r\n{expect}Content-Type: application/json\r\n\r\n"));
    assert_eq!(line.reply("POST").status, 100);
    line.send("{} ");
    let reply = line.reply("POST");
    assert_eq!((reply.status, reply.closes()), (400, false));
});
