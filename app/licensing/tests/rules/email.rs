use licensing::email::{Email, EmailError, LONGEST, lookup_form};
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
        ("a@ÄXAMPLE.com", "a@äxample.com"),
        ("a@xn--xample-9ta.COM", "a@äxample.com"),
        ("a@a\u{308}xample。com", "a@äxample.com"),
        ("\u{feff}na\u{ad}me\u{200b}@exam\u{2060}ple.com\u{200e}", "name@example.com"),
        ("jo\u{308}rg@example.com", "jörg@example.com"),
    ] {
        assert_eq!(email(typed).as_str(), kept);
        assert_eq!(email(typed).to_string(), kept);
    }
}

#[test]
fn an_invalid_address_is_refused() {
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
        "\u{200b}@example.com",
        "name@xn--a.com",
        "name@exa＞mple.com",
        "\u{212a}evin@example.com",
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
fn the_same_mailbox_is_found_whatever_the_case_and_form() {
    let forms =
        ["Jörg@äxample.com", "jo\u{308}rg@ÄXAMPLE.com", "JöRG@XN--xample-9ta.com", " jörg@a\u{308}xample.com\u{200b}"];
    for form in forms {
        assert!(email("jörg@äxample.com").same_mailbox(&email(form)), "{form:?}");
        assert_eq!(lookup_form(form), "jörg@äxample.com");
    }
    assert!(email("Name@example.com").same_mailbox(&email("nAME@EXAMPLE.COM")));
    for other in ["names@example.com", "name@example.org", "name+x@example.com"] {
        assert!(!email("name@example.com").same_mailbox(&email(other)), "{other}");
    }
    // The local part is folded only within ASCII: these addresses belong to two people.
    assert!(!email("ÖRN@example.com").same_mailbox(&email("örn@example.com")));
    assert!(!email("ınge@example.com").same_mailbox(&email("inge@example.com")));
}

#[test]
fn a_domain_is_the_part_after_the_at_in_lower_case() {
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

#[test]
fn an_invalid_sign_in_address_is_still_looked_up() {
    assert_eq!(lookup_form(" NONE:0199 \n"), "none:0199");
}

#[test]
fn an_address_accepted_by_an_earlier_version_still_reads() {
    assert_eq!(Email::stored("Name@XN--a.com").unwrap().as_str(), "Name@xn--a.com");
    assert_eq!(Email::stored("Name@Äxample.com"), Some(email("Name@äxample.com")));
    assert_eq!(Email::stored("no address"), None);
}

#[test]
fn a_domain_is_recognized_in_each_spelling() {
    for domain in ["äxample.com", "xn--xample-9ta.com", "ÄXAMPLE.COM"] {
        assert!(email("a@äxample.com").is_of(domain) && email("a@xn--xample-9ta.com").is_of(domain), "{domain}");
    }
    assert!(!email("a@example.com").is_of("xample.com"));
}
