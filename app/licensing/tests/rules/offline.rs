//! The files that devices without a network write.

use licensing::{
    FieldError, Invalid, Span,
    offline::{
        MAX_AGE, Members, OfflineRelease, OfflineRequest,
        armor::{ArmorError, Block, open},
        check_age, nonce,
    },
};
use proptest::prelude::*;

use crate::at;

fn members(json: &str) -> Members {
    Members::read("request", json.as_bytes()).unwrap()
}

proptest! {
    #[test]
    fn any_block_reads_back_with_and_without_its_armor(body in "[A-Za-z0-9._~-]{1,2000}") {
        for block in Block::ALL {
            let text = block.around(&body);
            prop_assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 64));
            let opened = open(&text).unwrap();
            prop_assert_eq!((opened.block, &opened.body), (Some(block), &body));
        }
        let bare = open(&format!(" {body}\r\n")).unwrap();
        prop_assert_eq!((bare.block, bare.body), (None, body));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,400}", cut in 0_usize..400) {
        let block = Block::Request.around(&text.replace('\n', ""));
        let _ = open(&text);
        let _ = open(&block);
        let _ = open(&block.chars().take(cut).collect::<String>());
    }
}

#[test]
fn a_block_is_found_in_a_quoted_message() {
    let mail = "On Monday, Ingrid wrote:\r\n>> Here it is:\r\n>>\r\n>> -----BEGIN LATCHKEY RELEASE-----  \r\n>> eyJh.bG\r\n>>\r\n\
                >> ciOi.J\r\n>> -----END LATCHKEY RELEASE-----\r\n>> -- \r\n>> Ingrid";
    let opened = open(mail).unwrap();
    assert_eq!((opened.block, opened.body.as_str()), (Some(Block::Release), "eyJh.bGciOi.J"));
}

#[test]
fn an_incomplete_block_is_refused_with_the_reason() {
    let good = Block::Request.around("eyJh.bGci.OiJ");
    let cases = [
        (String::new(), ArmorError::Empty),
        ("> \r\n\t".to_owned(), ArmorError::Empty),
        ("x".repeat(16 * 1024 + 1), ArmorError::TooLong),
        ("Hello, world!".to_owned(), ArmorError::NoBegin),
        ("Please activate our probe.".to_owned(), ArmorError::NoBegin),
        (good.replace("BEGIN", "BEGlN"), ArmorError::NoBegin),
        ("eyJh\n-----END LATCHKEY REQUEST-----".to_owned(), ArmorError::NoBegin),
        (good.replace("END", "END OF"), ArmorError::NoEnd("-----END LATCHKEY REQUEST-----".to_owned())),
        (good.repeat(2), ArmorError::Several),
        (good.replace("eyJh", "ey+h"), ArmorError::Foreign("“+”".to_owned())),
        (good.replace("eyJh", "ey\0h"), ArmorError::Foreign(r"“\0”".to_owned())),
        (good.replace("eyJh.bGci.OiJ\n", ""), ArmorError::Empty),
    ];
    for (text, expected) in cases {
        assert_eq!(open(&text), Err(expected), "{text}");
    }
}

#[test]
fn a_name_that_occurs_twice_is_an_error_at_every_depth() {
    let faults = |json: &str| {
        let Err(Invalid(errors)) = members(json).finish(Some(())) else { return vec![] };
        let texts = errors.into_iter().map(|FieldError { field, message }| format!("{field} {message}"));
        texts.filter(|fault| fault.contains("repeated")).collect::<Vec<_>>()
    };
    assert_eq!(faults(r#"{"aud":"drift-pro","aud":"drift-le"}"#), ["aud is repeated"]);
    assert_eq!(faults(r#"{"cnf":{"jwk":{"kty":"EC","kty":"OKP"}}}"#), ["cnf contains a repeated name"]);
    assert!(faults(r#"{"aud":"drift-pro","cnf":{"aud":"drift-le"}}"#).is_empty());
}

#[test]
fn text_that_is_no_object_is_refused_with_the_place() {
    for (json, fault) in [
        ("[1]", "is not a JSON object"),
        (r#"{"aud":"a"} {}"#, "is not valid JSON: trailing characters at line 1 column 13"),
        (
            r#"{"aud":"\ud800"}"#,
            "has a member aud that is not valid JSON: unexpected end of hex escape at line 1 column 15",
        ),
    ] {
        let Err(Invalid(errors)) = Members::read("request", json.as_bytes()) else { panic!("{json} was read") };
        assert_eq!(errors, [FieldError::new("request", fault)], "{json}");
    }
}

#[test]
fn a_request_is_read_with_all_members() {
    let request = OfflineRequest::read(members(
        r#"{"aud":"drift-pro","jti":"AAECAwQFBgcICQoLDA0ODw","iat":1772366400,"activationCode":"ABC-DEF-1",
            "fingerprint":" kept as it is ","email":"Ingrid@Example.com","requestedLeaseDuration":"P365D",
            "targetSoftwareVersion":"2.1.0","deviceName":" Probe 7 ","platform":""}"#,
    ))
    .unwrap();
    assert_eq!((request.product.as_str(), request.nonce.as_str()), ("drift-pro", "AAECAwQFBgcICQoLDA0ODw"));
    assert_eq!(request.made_at, at("2026-03-01T12:00:00Z"));
    assert_eq!((request.fingerprint.as_str(), request.request.lease), (" kept as it is ", Some(Span::days(365))));
    assert_eq!((request.device_name.as_deref(), request.platform), (Some("Probe 7"), None));
    assert!(request.code.is_some() && request.request.email.is_some() && request.request.version.is_some());
    assert!(!format!("{:?}", request.code).contains("ABC"), "a code is not shown");
}

#[test]
fn all_errors_in_a_request_are_reported_at_once() {
    let faults = OfflineRequest::read(members(r#"{"aud":7,"iat":-1,"fingerprint":"","fingerprint":"a","nonce":"x"}"#));
    let mut fields: Vec<String> = faults.unwrap_err().0.into_iter().map(|fault| fault.field).collect();
    fields.sort();
    assert_eq!(fields, ["aud", "fingerprint", "iat", "jti", "nonce"]);
}

#[test]
fn a_release_must_say_that_the_token_is_deleted() {
    let says = |deleted: &str| {
        OfflineRelease::read(members(&format!(
            r#"{{"aud":"drift","sid":"019CA9A1-6f00-7c3a-8f2b-5d1e7a90b4c2","jti":"AAECAwQFBgcICQoLDA0ODw","iat":1{deleted}}}"#
        )))
    };
    let release = says(r#","tokenDeleted":true"#).unwrap();
    assert_eq!(release.session, "019ca9a1-6f00-7c3a-8f2b-5d1e7a90b4c2");
    for deleted in ["", r#","tokenDeleted":false"#, r#","tokenDeleted":1"#, r#","tokenDeleted":null"#] {
        assert_eq!(says(deleted).unwrap_err().0[0].field, "tokenDeleted", "{deleted}");
    }
}

#[test]
fn a_nonce_has_at_least_128_bits() {
    for good in ["AAECAwQFBgcICQoLDA0ODw", &"a_-Z".repeat(21)] {
        assert!(nonce(good).is_ok(), "{good}");
    }
    for bad in ["", "AAECAwQFBgcICQoLDA0OD", "AAECAwQFBgcICQoLDA0OD=", "AAECAwQFBgcICQoLDA0OD ", &"a".repeat(87)] {
        assert!(nonce(bad).is_err(), "{bad}");
    }
}

#[test]
fn an_offline_file_is_valid_for_thirty_days() {
    let now = at("2026-03-01T12:00:00Z");
    let last = MAX_AGE.before(now);
    assert_eq!(check_age(now, now, MAX_AGE), Ok(()));
    assert_eq!(check_age(last + chrono::TimeDelta::seconds(1), now, MAX_AGE), Ok(()));
    assert_eq!(check_age(last, now, MAX_AGE).unwrap_err().0[0].field, "iat");
    assert_eq!(check_age(now + chrono::TimeDelta::days(1), now, MAX_AGE), Ok(()));
    assert_eq!(
        check_age(now + chrono::TimeDelta::days(1) + chrono::TimeDelta::seconds(1), now, MAX_AGE).unwrap_err().0.len(),
        1
    );
}

#[test]
fn a_file_dated_by_a_dead_clock_is_refused_with_advice_to_set_it() {
    let now = at("2026-03-01T12:00:00Z");
    let fault = check_age(at("1970-01-01T00:05:00Z"), now, Span::days(60)).unwrap_err().0.remove(0);
    assert_eq!(fault.field, "iat");
    insta::assert_snapshot!(fault.message, @"says that it was made on 1 January 1970, 00:05 UTC, more than 60 days ago: make a new one on the device, or set its clock first if that is wrong; the vendor’s staff can also accept it as it is");
    assert_eq!(check_age(at("2026-01-02T12:00:00Z"), now, Span::days(60)), Ok(()));
}

#[test]
fn hints_and_empty_members_never_fail_a_request() {
    let request = OfflineRequest::read(members(
        r#"{"aud":"drift-pro","jti":"AAECAwQFBgcICQoLDA0ODw","iat":1772366400.75,"fingerprint":"x","email":"",
            "activationCode":null,"requestedLeaseDuration":30.0,"targetSoftwareVersion":" ","deviceName":"a\nb","platform":[]}"#,
    ))
    .unwrap();
    assert_eq!(request.made_at, at("2026-03-01T12:00:00Z"));
    assert_eq!((request.device_name.as_deref(), request.platform), (Some("a b"), None));
    assert_eq!(request.request.lease, Some(Span::days(30)));
    assert!(request.code.is_none() && request.request.email.is_none() && request.request.version.is_none());
}
