use axum::http::HeaderMap;

use super::*;

fn seen(peer: &str, headers: &[(&'static str, &str)]) -> String {
    let trusted = [Network::read("10.0.0.0/8").unwrap(), Network::read("::1").unwrap()];
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    client(peer.parse().unwrap(), &map, &trusted).to_string()
}

#[test]
fn a_stranger_is_not_believed() {
    assert_eq!(seen("203.0.113.9", &[("x-forwarded-for", "198.51.100.1")]), "203.0.113.9");
    assert_eq!(seen("203.0.113.9", &[("forwarded", "for=198.51.100.1")]), "203.0.113.9");
}

#[test]
fn a_proxy_names_its_client() {
    assert_eq!(seen("10.1.2.3", &[]), "10.1.2.3");
    assert_eq!(seen("10.1.2.3", &[("x-forwarded-for", "198.51.100.1")]), "198.51.100.1");
    assert_eq!(seen("::1", &[("x-forwarded-for", "198.51.100.1, 10.9.9.9")]), "198.51.100.1");
    assert_eq!(seen("::ffff:10.1.2.3", &[("x-forwarded-for", "[2001:db8::1]:99")]), "2001:db8::1");
    assert_eq!(seen("10.1.2.3", &[("forwarded", "for=192.0.2.60;proto=https;by=10.1.2.3")]), "192.0.2.60");
    assert_eq!(
        seen("10.1.2.3", &[("forwarded", r#"proto=http; For="[2001:db8:cafe::17]:4711""#)]),
        "2001:db8:cafe::17"
    );
}

#[test]
fn what_the_client_made_up_stands_before_what_the_proxy_saw() {
    assert_eq!(seen("10.1.2.3", &[("x-forwarded-for", "127.0.0.1, 198.51.100.1")]), "198.51.100.1");
    assert_eq!(
        seen("10.1.2.3", &[("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", "198.51.100.1, 10.0.0.2")]),
        "198.51.100.1"
    );
}

#[test]
fn two_headers_that_disagree_and_words_that_are_no_address_are_not_believed() {
    let both = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.2")];
    assert_eq!(seen("10.1.2.3", &both), "10.1.2.3");
    for unreadable in ["unknown", "_hidden", "198.51.100.1, nonsense", ""] {
        assert_eq!(seen("10.1.2.3", &[("x-forwarded-for", unreadable)]), "10.1.2.3", "{unreadable}");
    }
}
