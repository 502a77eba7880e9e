//! Ambiguous framing of requests, and all forms of request targets.

use testing::contract;

use super::{Reply, Wire};
use crate::fixture::Server;

const HOST: &str = "Host: licenses.example.com\r\n";

fn sent(wire: &Wire, bytes: &str) -> (Reply, super::Line) {
    let mut line = wire.connect();
    line.send(bytes);
    (line.reply("GET"), line)
}

contract!(an_ambiguous_request_is_refused_and_its_connection_closed, async |db| {
    let server = Server::on(db).await;
    let wire = Wire::of(&server).await;
    let hidden = "GET /health/live HTTP/1.1\r\nHost: licenses.example.com\r\n\r\n";
    for bad in [
        format!("GET /health/live HTTP/1.1\n{HOST}\r\n"),
        format!("GET /health/live HTTP/1.1\r\n{HOST}X: y\n\r\n"),
        "GET /health/live HTTP/1.1\nHost: licenses.example.com\n\n".to_owned(),
        format!("GET /health/live HTTP/1.1\r\n{HOST}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
        format!("GET /health/live HTTP/1.1\r\n{HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        format!(
            "GET /health/live HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        format!("GET /health/live HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    ] {
        let (reply, mut line) = sent(&wire, &format!("{bad}{hidden}"));
        assert_eq!((reply.status, reply.closes()), (400, true), "{bad:?}: {}", reply.text());
        assert_eq!(line.rest(), b"", "{bad:?}: nothing that follows is answered");
    }
});

contract!(requests_can_be_pipelined, async |db| {
    let server = Server::on(db).await;
    let wire = Wire::of(&server).await;
    let mut line = wire.connect();
    let chunked = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    let post = format!("POST /api/v1/activations/jwt HTTP/1.1\r\n{HOST}{chunked}");
    line.send(format!("{post}{post}GET /health/live HTTP/1.1\r\n{HOST}\r\n{post}"));
    assert_eq!([(); 4].map(|()| line.reply("GET").status), [400, 400, 200, 400]);
});

contract!(a_head_beyond_32_kib_is_refused_for_its_size, async |db| {
    let server = Server::on(db).await;
    let wire = Wire::of(&server).await;
    let head = |bytes: usize| {
        let begin = format!("GET /health/live HTTP/1.1\r\n{HOST}X-Large: ");
        format!("{begin}{}\r\n\r\n", "a".repeat(bytes - begin.len() - 4))
    };
    assert_eq!(sent(&wire, &head(32 * 1024)).0.status, 200);
    for bytes in [32 * 1024 + 1, 40_000, 64 * 1024 + 1, 100_000] {
        let (reply, mut line) = sent(&wire, &head(bytes));
        assert_eq!((reply.status, reply.closes()), (431, true), "{bytes}");
        assert_eq!(line.rest(), b"", "{bytes}");
    }
});

contract!(a_target_other_than_a_path_is_refused_without_a_panic, async |db| {
    let server = Server::on(db).await;
    let wire = Wire::of(&server).await;
    for target in ["fischer", "fischer:80", "*", "licenses.example.com:443"] {
        for method in ["GET", "POST", "OPTIONS", "CONNECT"] {
            for accept in ["text/html", "application/json"] {
                let (reply, _) = sent(&wire, &format!("{method} {target} HTTP/1.1\r\n{HOST}Accept: {accept}\r\n\r\n"));
                assert_eq!(reply.status, 400, "{method} {target}: {}", reply.text());
            }
        }
    }
});

contract!(an_absolute_target_is_read_as_its_path, async |db| {
    let server = Server::on(db).await;
    let wire = Wire::of(&server).await;
    for (target, status) in [
        ("http://licenses.example.com/health/live", 200),
        ("https://licenses.example.com//health//live", 200),
        ("http://licenses.example.com/sign-in", 200),
        ("http://evil.example/sign-in", 421),
    ] {
        assert_eq!(sent(&wire, &format!("GET {target} HTTP/1.1\r\n{HOST}\r\n")).0.status, status, "{target}");
    }
});

contract!(http_1_1_requires_exactly_one_host, async |db| {
    let server = Server::on(db).await;
    let wire = Wire::of(&server).await;
    for hosts in ["", "Host: a.example\r\nHost: a.example\r\n", "Host: a b\r\n", "Host:\r\n"] {
        for path in ["/health/live", "/sign-in", "/api/v1/activations/jwt"] {
            let (reply, _) = sent(&wire, &format!("GET {path} HTTP/1.1\r\n{hosts}\r\n"));
            assert_eq!(reply.status, 400, "{hosts:?} {path}");
        }
    }
    let mut line = wire.connect();
    line.send("GET /health/live HTTP/1.0\r\n\r\n");
    assert!(String::from_utf8_lossy(&line.rest()).contains(" 200 OK\r\n"), "probes by HTTP/1.0 need no host");
});
