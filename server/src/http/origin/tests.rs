#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use axum::http::HeaderMap;

use super::*;
use crate::config::Sources;

/// Returns the client of a request from `peer`, with proxies that set `header`.
fn seen_by(header: &str, peer: &str, headers: &[(&'static str, &str)]) -> Option<String> {
    let variables = [
        ("LATCHKEY_TRUSTED_PROXIES".to_owned(), "10.0.0.0/8, ::1".to_owned()),
        ("LATCHKEY_CLIENT_ADDRESS_HEADER".to_owned(), header.to_owned()),
    ];
    let config = Config::read(Sources { file: None, variables: variables.to_vec() }).unwrap();
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    client(peer.parse().unwrap(), &map, &config).map(|address| address.to_string())
}

/// Like [`seen_by`], with the default `X-Forwarded-For`.
fn seen(peer: &str, headers: &[(&'static str, &str)]) -> Option<String> {
    seen_by("", peer, headers)
}

fn is(address: &str) -> Option<String> {
    Some(address.to_owned())
}

#[test]
fn the_header_of_an_untrusted_peer_is_ignored() {
    assert_eq!(seen("203.0.113.9", &[("x-forwarded-for", "198.51.100.1")]), is("203.0.113.9"));
    assert_eq!(seen_by("forwarded", "203.0.113.9", &[("forwarded", "for=198.51.100.1")]), is("203.0.113.9"));
    assert_eq!(seen_by("x-real-ip", "203.0.113.9", &[("x-real-ip", "198.51.100.1")]), is("203.0.113.9"));
}

#[test]
fn a_trusted_proxy_names_its_client() {
    assert_eq!(seen("10.1.2.3", &[("x-forwarded-for", "198.51.100.1")]), is("198.51.100.1"));
    assert_eq!(seen("::1", &[("x-forwarded-for", "198.51.100.1, 10.9.9.9")]), is("198.51.100.1"));
    assert_eq!(seen("::ffff:10.1.2.3", &[("x-forwarded-for", "[2001:db8::1]:99")]), is("2001:db8::1"));
    assert_eq!(
        seen("10.1.2.3", &[("x-forwarded-for", "10.9.9.9")]),
        is("10.9.9.9"),
        "a client in the network of the proxies"
    );
}

#[test]
fn headers_of_common_proxies_and_load_balancers_are_read() {
    let rows: [(&str, &'static str, &str, &str); 16] = [
        // nginx, `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for` and `X-Real-IP $remote_addr`.
        ("X-Forwarded-For", "x-forwarded-for", "127.0.0.1, 198.51.100.1", "198.51.100.1"),
        ("X-Forwarded-For", "x-forwarded-for", "2001:db8::1", "2001:db8::1"),
        ("X-Real-IP", "x-real-ip", "198.51.100.1", "198.51.100.1"),
        ("X-Real-IP", "x-real-ip", "2001:db8::1", "2001:db8::1"),
        // HAProxy, `option forwarded`.
        ("Forwarded", "forwarded", "proto=http;for=198.51.100.1", "198.51.100.1"),
        ("Forwarded", "forwarded", "proto=https;for=\"[2001:db8::1]\"", "2001:db8::1"),
        ("Forwarded", "forwarded", "proto=http; For=\"[2001:db8::1]:4711\";by=10.1.2.3", "2001:db8::1"),
        // Caddy and Traefik.
        ("X-Forwarded-For", "x-forwarded-for", "198.51.100.1", "198.51.100.1"),
        // AWS ALB, also with `routing.http.xff_client_port.enabled`.
        ("X-Forwarded-For", "x-forwarded-for", "198.51.100.1:41000", "198.51.100.1"),
        ("X-Forwarded-For", "x-forwarded-for", "[2001:db8::1]:41000", "2001:db8::1"),
        // Azure Application Gateway.
        ("X-Forwarded-For", "x-forwarded-for", "203.0.113.1, 198.51.100.1:9000", "198.51.100.1"),
        // Google: the client, then the load balancer's own address, which `trusted_proxies` must contain.
        ("X-Forwarded-For", "x-forwarded-for", "203.0.113.1,198.51.100.1,10.20.30.40", "198.51.100.1"),
        // Cloudflare; Akamai and Cloudflare Enterprise; Fly.io.
        ("CF-Connecting-IP", "cf-connecting-ip", "198.51.100.1", "198.51.100.1"),
        ("CF-Connecting-IP", "cf-connecting-ip", "2001:db8::1", "2001:db8::1"),
        ("True-Client-IP", "true-client-ip", "198.51.100.1", "198.51.100.1"),
        ("Fly-Client-IP", "fly-client-ip", "198.51.100.1", "198.51.100.1"),
    ];
    for (setting, name, value, client) in rows {
        assert_eq!(seen_by(setting, "10.1.2.3", &[(name, value)]), is(client), "{name}: {value}");
    }
}

#[test]
fn entries_forged_by_the_client_precede_those_of_the_proxy_and_are_ignored() {
    assert_eq!(seen("10.1.2.3", &[("x-forwarded-for", "127.0.0.1, 198.51.100.1")]), is("198.51.100.1"));
    assert_eq!(
        seen("10.1.2.3", &[("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", "198.51.100.1, 10.0.0.2")]),
        is("198.51.100.1")
    );
}

#[test]
fn only_the_configured_header_is_read() {
    let both = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.2"), ("x-real-ip", "198.51.100.3")];
    assert_eq!(seen("10.1.2.3", &both), is("198.51.100.1"));
    assert_eq!(seen_by("forwarded", "10.1.2.3", &both), is("198.51.100.2"));
    assert_eq!(seen_by("x-real-ip", "10.1.2.3", &both), is("198.51.100.3"));
    let made_up = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=x")];
    assert_eq!(seen("10.1.2.3", &made_up), is("198.51.100.1"), "the client’s own header is ignored");
}

#[test]
fn a_client_without_a_readable_address_has_none() {
    assert_eq!(seen("10.1.2.3", &[]), None);
    assert_eq!(seen_by("forwarded", "10.1.2.3", &[("x-forwarded-for", "198.51.100.1")]), None);
    for unreadable in ["unknown", "_hidden", "198.51.100.1, nonsense", "", "unix:", "198.51.100.1,,10.0.0.1"] {
        assert_eq!(seen("10.1.2.3", &[("x-forwarded-for", unreadable)]), None, "{unreadable}");
    }
    assert_eq!(seen_by("forwarded", "10.1.2.3", &[("forwarded", "for=unknown")]), None);
    for two in ["198.51.100.1, 198.51.100.2", "198.51.100.1 198.51.100.2"] {
        assert_eq!(seen_by("x-real-ip", "10.1.2.3", &[("x-real-ip", two)]), None, "{two}");
    }
    let twice = [("x-real-ip", "198.51.100.1"), ("x-real-ip", "198.51.100.1")];
    assert_eq!(seen_by("x-real-ip", "10.1.2.3", &twice), None);
}
