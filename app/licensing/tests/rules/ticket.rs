//! Release tickets: who may get one, and how they name devices.

use licensing::{
    Span, Terms,
    activation::{Person, Request},
    terms::Release,
    ticket::{masked, may_have},
};

use crate::email;

fn from(address: &str) -> Request {
    Request { email: Some(email(address)), ..Request::default() }
}

fn signed_in(verified: Option<&str>) -> Request {
    let person = Person {
        issuer: "https://id.example.com".to_owned(),
        subject: "42".to_owned(),
        email: verified.map(email),
        roles: vec![],
    };
    Request { person: Some(person), ..Request::default() }
}

#[test]
fn a_ticket_requires_proof_of_the_address_of_the_license() {
    let own = email("ingrid@example.com");
    for (request, expected) in [
        (from("ingrid@example.com"), true),
        (from("INGRID@example.com"), true),
        (from("ingrid@example.org"), false),
        (Request::default(), false),
        (signed_in(Some("ingrid@example.com")), true),
        (signed_in(Some("somebody@example.com")), false),
        (signed_in(None), false),
    ] {
        assert_eq!(may_have(&Terms::default(), Some(&own), &request), expected, "{request:?}");
        assert!(!may_have(&Terms::default(), None, &request), "a license without an address");
    }
}

#[test]
fn a_ticket_releases_only_where_the_terms_let_devices_release() {
    let own = email("ingrid@example.com");
    for (release, expected) in [
        (Release::ByDevice, true),
        (Release::Limited { times: 1, per: Span::days(1) }, true),
        (Release::BySupport, false),
    ] {
        let terms = Terms { release, ..Terms::default() };
        assert_eq!(may_have(&terms, Some(&own), &from("ingrid@example.com")), expected, "{release:?}");
    }
}

#[test]
fn a_masked_name_is_recognizable_to_its_owner() {
    for (name, expected) in [
        ("Ingrid’s MacBook", "In…’s Mac…"),
        ("Ingrid's MacBook Pro", "In…'s Mac… P…"),
        ("DESKTOP-7Q4K2LM", "DES…-7Q4…"),
        ("build-server.example.com", "bu…-se….exa….c…"),
        ("Zoë", "Z…"),
        ("一台电脑", "一台…"),
        ("X", "X"),
        ("PC", "P…"),
        ("", ""),
        ("  ", "  "),
    ] {
        assert_eq!(masked(name), expected, "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn no_word_of_two_or_more_letters_is_shown_whole(name in "\\PC{0,40}") {
        let between = |c: char| c.is_whitespace() || c.is_ascii_punctuation() || matches!(c, '’' | '‘' | '–' | '—' | '…');
        let masked = masked(&name);
        // In its own place: what is shown of one word may be another word.
        let shown = masked.replace('…', "");
        for (word, shown) in name.split(between).zip(shown.split(between)).filter(|(word, _)| word.chars().count() > 1) {
            proptest::prop_assert!(shown != word || name.contains('…'), "{masked}");
        }
    }
}
