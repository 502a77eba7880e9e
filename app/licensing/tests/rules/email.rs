use licensing::email::{Email, EmailError, LONGEST};
use proptest::prelude::*;

use crate::email;

#[test]
fn an_address_is_trimmed_and_its_domain_is_in_lower_case() {
    for (typed, kept) in [
        ("name@example.com", "name@example.com"),
        ("  Name@EXAMPLE.com\n", "Name@example.com"),
        ("o'brien+drift@example.co.uk", "o'brien+drift@example.co.uk"),
        ("root@localhost", "root@localhost"),
        ("jörg@straße.example", "jörg@straße.example"),
        ("a@ÄXAMPLE.com", "a@Äxample.com"),
    ] {
        assert_eq!(email(typed).as_str(), kept);
        assert_eq!(email(typed).to_string(), kept);
    }
}

#[test]
fn what_is_no_address_is_refused() {
    for typed in [
        "",
        " ",
        "name",
        "@",
        "@example.com",
        "name@",
        "a@b@example.com",
        "na me@example.com",
        "name@exa mple.com",
        "name@exa\0mple.com",
        "na\u{7}me@example.com",
        "name@.example.com",
        "name@example.com.",
        "name@example..com",
        "name@-example.com",
        "<name@example.com>",
        "name@example.com,",
        "a@example.com;b@example.com",
        "a;b@example.com",
    ] {
        assert_eq!(Email::read(typed), Err(EmailError::Unreadable), "{typed:?}");
    }
}

#[test]
fn an_address_has_at_most_254_bytes_and_64_before_the_at() {
    let of = |local: usize, domain: usize| format!("{}@{}", "l".repeat(local), "d".repeat(domain));
    assert!(Email::read(&of(64, LONGEST - 65)).is_ok());
    assert_eq!(Email::read(&of(64, LONGEST - 64)), Err(EmailError::TooLong));
    assert_eq!(Email::read(&of(65, 20)), Err(EmailError::Unreadable));
    assert!(Email::read(&format!("  {}  ", of(64, LONGEST - 65))).is_ok(), "spaces around it do not count");
}

#[test]
fn the_same_mailbox_is_found_whatever_the_case() {
    assert!(email("Name@example.com").same_mailbox(&email("nAME@EXAMPLE.COM")));
    for other in ["names@example.com", "name@example.org", "name+x@example.com"] {
        assert!(!email("name@example.com").same_mailbox(&email(other)), "{other}");
    }
    // No folding beyond ASCII: these two look alike and are two people's addresses. (U+212A is the Kelvin sign.)
    assert!(!email("k@example.com").same_mailbox(&email("\u{212a}@example.com")));
}

#[test]
fn a_domain_is_what_stands_behind_the_at_in_lower_case() {
    assert_eq!(email("Ada@Mail.Example.COM").domain(), "mail.example.com");
}

proptest! {
    #[test]
    fn an_address_that_was_read_reads_as_itself(text in "\\PC{0,9}@[A-Za-z.é-]{0,9} ?") {
        if let Ok(once) = Email::read(&text) {
            prop_assert_eq!(Email::read(once.as_str()), Ok(once));
        }
    }
}

#[test]
fn a_masked_address_shows_its_first_letter_and_its_domain() {
    let masked = |text: &str| Email::read(text).unwrap().masked();
    assert_eq!(masked("ingrid@Acme.com"), "i…@acme.com");
    assert_eq!(masked("ø@example.org"), "ø…@example.org");
    let long = format!("a@{}.example", "b".repeat(200));
    assert_eq!(masked(&long).chars().count(), 68);
    assert!(masked(&long).starts_with("a…@…bbb") && masked(&long).ends_with("b.example"));
}
