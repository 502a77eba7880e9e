//! Connections beyond the limits, and peers that keep the server waiting.

use std::sync::Arc;

use axum::{Router, routing::get};
use testing::contract;
use tokio::sync::Semaphore;

use super::{Line, Wire};
use crate::fixture::Server;

const LIVE: &str = "GET /health/live HTTP/1.1\r\nHost: licenses.example.com\r\n\r\n";
const TWO: (&str, &str) = ("LATCHKEY_MAX_CONNECTIONS_PER_ADDRESS", "2");

/// The server with an additional route, `/busy`, that answers once it is released.
fn with_work(server: &Server) -> (Router, Arc<Semaphore>, Arc<Semaphore>) {
    let (begun, released) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (begins, release) = (Arc::clone(&begun), Arc::clone(&released));
    let busy = async move || {
        begins.add_permits(1);
        release.acquire().await.unwrap().forget();
        "done"
    };
    (Router::new().route("/busy", get(busy)).fallback_service(server.router()), begun, released)
}

fn answered(line: &mut Line, request: &str) -> u16 {
    line.send(request);
    line.reply("GET").status
}

contract!(an_idle_connection_makes_room_for_a_new_one, async |db| {
    let server = Server::on(db).await;
    let wire = Wire::with(server.router(), &[TWO]).await;
    let (mut older, mut younger, mut third) = (wire.connect(), wire.connect(), wire.connect());
    // Both silent connections came first, so the older of them had to go.
    assert_eq!(answered(&mut third, LIVE), 200);
    assert_eq!(older.rest(), b"", "the older connection is closed");
    assert_eq!(answered(&mut younger, LIVE), 200);
    // Now both are idle between two requests, the third connection for longer.
    let mut fourth = wire.connect();
    assert_eq!(answered(&mut fourth, LIVE), 200);
    assert_eq!(third.rest(), b"");
    assert_eq!(answered(&mut younger, LIVE), 200);
});

contract!(when_every_connection_is_busy_a_new_one_is_refused_but_health_checks_pass, async |db| {
    let server = Server::on(db).await;
    let (app, begun, released) = with_work(&server);
    let wire = Wire::with(app, &[TWO]).await;
    let (mut first, mut second) = (wire.connect(), wire.connect());
    for line in [&mut first, &mut second] {
        line.send("GET /busy HTTP/1.1\r\nHost: licenses.example.com\r\n\r\n");
    }
    begun.acquire_many(2).await.unwrap().forget();
    for (accept, kind) in [("text/html", "text/html; charset=utf-8"), ("*/*", "application/problem+json")] {
        let mut third = wire.connect();
        third.send(format!("GET /sign-in HTTP/1.1\r\nHost: licenses.example.com\r\nAccept: {accept}\r\n\r\n"));
        let reply = third.reply("GET");
        assert_eq!((reply.status, reply.closes()), (503, true));
        assert_eq!((reply.header("retry-after"), reply.header("content-type")), (Some("5"), Some(kind)));
        assert_eq!(third.rest(), b"");
    }
    for _ in 0..20 {
        assert_eq!(answered(&mut wire.connect(), LIVE), 200, "health checks have connections reserved");
    }
    released.add_permits(2);
    for line in [&mut first, &mut second] {
        assert_eq!(line.reply("GET").text(), "done");
    }
    assert_eq!(answered(&mut wire.connect(), "GET /sign-in HTTP/1.1\r\nHost: licenses.example.com\r\n\r\n"), 200);
});

contract!(silent_connections_from_many_addresses_do_not_use_up_all_connections, async |db| {
    let server = Server::on(db).await;
    let wire = Wire::with(server.router(), &[("LATCHKEY_MAX_CONNECTIONS", "36"), TWO]).await;
    let mut silent = Vec::new();
    for host in (1..=18).flat_map(|host| [host, host]) {
        silent.push(wire.connect_from([127, 0, 1, host]).await);
    }
    for _ in 0..40 {
        let mut line = wire.connect();
        assert_eq!(answered(&mut line, "GET /sign-in HTTP/1.1\r\nHost: licenses.example.com\r\n\r\n"), 200);
        assert_eq!(answered(&mut line, LIVE), 200);
    }
    drop(silent);
});
