//! Bad input: answered with 400 and all field errors at once, identically on both databases.

use axum::http::{Request, header::CONTENT_TYPE};
use serde_json::{Value, json};
use testing::contract;

use crate::fixture::{JWT, LICENSE, Server};

/// A valid request with these members changed; `"(none)"` removes one.
fn asked(changes: Value) -> Value {
    let mut body = json!({ "activationCode": "ABCDEF-123456", "fingerprint": "device-1" });
    let members = body.as_object_mut().unwrap();
    members.extend(changes.as_object().cloned().unwrap());
    members.retain(|_, value| value != "(none)");
    body
}

contract!(all_bad_fields_are_reported_at_once, async |db| {
    let server = Server::on(db).await;
    let body = json!({
        "fingerprint": "",
        "email": "ingrid",
        "requestedLeaseDuration": "24:00:00",
        "targetSoftwareVersion": 2.1,
        "unknown": { "is": "ignored" },
    });

    let answer = server.post(JWT, &body).await;

    assert_eq!(answer.problem(), (400, "invalid_request".to_owned()));
    insta::assert_snapshot!(answer.snapshot(), @r#"
    400 Bad Request
    {
      "code": "invalid_request",
      "detail": "This request has 5 errors, the first in activationCode: is missing.",
      "errors": [
        {
          "field": "activationCode",
          "message": "is missing"
        },
        {
          "field": "fingerprint",
          "message": "must not be empty"
        },
        {
          "field": "email",
          "message": "is not an e-mail address: write it like name@example.com"
        },
        {
          "field": "requestedLeaseDuration",
          "message": "hours go up to 23: write \"1.00:00:00\" for 24 hours, or \"24.00:00:00\" for 24 days"
        },
        {
          "field": "targetSoftwareVersion",
          "message": "must be a string, not a number"
        }
      ],
      "instance": "urn:uuid:[id]",
      "retryable": false,
      "status": 400,
      "title": "Invalid request",
      "type": "https://licenses.example.com/problems/invalid_request"
    }
    "#);
    assert_eq!(server.post(LICENSE, &body).await.json()["errors"], answer.json()["errors"]);
});

contract!(every_field_has_its_bounds, async |db| {
    let server = Server::on(db).await;
    for (field, bad) in [
        (
            "activationCode",
            vec![
                json!("(none)"),
                json!(null),
                json!(""),
                json!(" - - "),
                json!(12),
                json!(true),
                json!([]),
                json!({}),
                json!("A".repeat(129)),
                json!("A".repeat(5000)),
                json!("ABC\u{0}DEF"),
                json!("ABC\u{7}DEF"),
            ],
        ),
        (
            "fingerprint",
            vec![
                json!("(none)"),
                json!(null),
                json!(""),
                json!(12),
                json!(false),
                json!(["x"]),
                json!({ "x": 1 }),
                json!("x".repeat(513)),
                json!("é".repeat(257)),
                json!("x\u{0}"),
                json!("\u{0}"),
            ],
        ),
        (
            "email",
            vec![
                json!("ingrid"),
                json!("@example.com"),
                json!("ingrid@"),
                json!("a b@example.com"),
                json!(5),
                json!(format!("ingrid@{}.com", "x".repeat(250))),
                json!("ingrid\u{0}@example.com"),
                json!(["i@example.com"]),
            ],
        ),
        (
            "requestedLeaseDuration",
            vec![
                json!(0),
                json!(-1),
                json!(1.5),
                json!("30.5"),
                json!("30."),
                json!(1e300),
                json!(u64::MAX),
                json!(true),
                json!("0"),
                json!("-1"),
                json!("soon"),
                json!("24:00:00"),
                json!("1:60:00"),
                json!("P1M"),
                json!("P0D"),
                json!("PT"),
                json!("10675200"),
                json!("99999999999999999999"),
                json!("1\u{0}"),
                json!("٣"),
            ],
        ),
        (
            "targetSoftwareVersion",
            vec![
                json!(2),
                json!("2.1.0.4.5"),
                json!("two"),
                json!("<3"),
                json!("2.1.0\u{0}"),
                json!(format!("2.1.0-{}", "x".repeat(60))),
            ],
        ),
    ] {
        for value in bad {
            let answer = server.post(JWT, &asked(json!({ field: value }))).await;
            assert_eq!(answer.bad_fields(), [field], "{field}: {value}");
        }
    }
});

contract!(values_just_within_the_bounds_are_accepted, async |db| {
    let server = Server::on(db).await;
    for good in [
        json!({ "activationCode": "A".repeat(128) }),
        json!({ "activationCode": "🔑🔑🔑🔑🔑🔑" }),
        json!({ "fingerprint": "x".repeat(512) }),
        json!({ "fingerprint": "\u{1}\u{7f}\u{202e}\u{feff}" }),
        json!({ "email": format!("{}@{}.com", "i".repeat(64), "x".repeat(185)) }),
        json!({ "email": null, "requestedLeaseDuration": null, "targetSoftwareVersion": null, "platform": null }),
        json!({ "requestedLeaseDuration": 36_525 }),
        json!({ "requestedLeaseDuration": 30.0 }),
        json!({ "requestedLeaseDuration": "30.0" }),
        json!({ "targetSoftwareVersion": "2.1.0.4" }),
        json!({ "targetSoftwareVersion": "v2024.10.03" }),
        json!({ "deviceName": "🦊".repeat(80), "platform": "" }),
        json!({ "anything": "else", "else": [1, { "x": null }] }),
    ] {
        let answer = server.post(JWT, &asked(good.clone())).await;
        assert_eq!(answer.problem(), (404, "code_not_found".to_owned()), "{good}");
    }
});

contract!(a_body_other_than_a_json_object_is_refused, async |db| {
    let server = Server::on(db).await;
    for body in [
        "",
        " ",
        "null",
        "true",
        "7",
        "\"text\"",
        "[]",
        "[{\"activationCode\": \"A\"}]",
        "{",
        "}",
        "{'a': 'b'}",
        "{a: 1}",
        "activationCode=ABCDEF&fingerprint=x",
        "<xml/>",
        "{\"activationCode\": \"ABCDEF\"",
        r#"{"activationCode": "ABCDEF", "fingerprint": "x"} trailing"#,
        r#"{"activationCode": "ABCDEF", "fingerprint": "x"}{}"#,
        r#"{"activationCode": "ABCDEF", "fingerprint": "x",}"#,
        r#"{"activationCode": "ABCDEF", "fingerprint": "x", "n": 1e999}"#,
        r#"{"activationCode": "ABCDEF", "fingerprint": "x", "n": NaN}"#,
    ] {
        let fields = server.post_text(JWT, body).await.bad_fields();
        assert_eq!(fields.len(), 1, "{body}: {fields:?}");
    }
});

contract!(an_empty_optional_member_counts_as_absent, async |db| {
    let server = Server::on(db).await;
    for member in ["email", "requestedLeaseDuration", "targetSoftwareVersion", "deviceName", "platform"] {
        for empty in [json!(""), json!("  "), json!(null)] {
            let answer = server.post(JWT, &asked(json!({ member: empty }))).await;
            assert_eq!(answer.problem(), (404, "code_not_found".to_owned()), "{member}: {empty}");
        }
    }
});

contract!(the_charset_of_a_content_type_is_ignored, async |db| {
    let server = Server::on(db).await;
    for kind in
        ["application/json; charset=utf8", "application/json;charset=ISO-8859-1", "application/json; charset=\"\""]
    {
        let request = Request::post(JWT).header(CONTENT_TYPE, kind).body(asked(json!({})).to_string().into()).unwrap();
        assert_eq!(server.send(request).await.problem(), (404, "code_not_found".to_owned()), "{kind}");
    }
});

contract!(a_byte_order_mark_is_ignored_and_another_encoding_is_named, async |db| {
    let server = Server::on(db).await;
    let good = asked(json!({})).to_string();
    assert_eq!(server.post_text(JWT, format!("\u{feff}{good}")).await.problem().0, 404);

    let utf16: Vec<u8> = format!("\u{feff}{good}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for body in [&utf16[..], &utf16[2..]] {
        let answer = server.post_text(JWT, body.to_vec()).await;
        assert_eq!(answer.bad_fields(), ["body"]);
        assert!(answer.text().contains("is in UTF-16 or UTF-32: send JSON in UTF-8"), "{}", answer.text());
    }
    let latin1 = [&br#"{"activationCode": "ABCDEF", "fingerprint": "M"#[..], b"\xfc", br#"nchen"}"#].concat();
    let answer = server.post_text(JWT, latin1).await;
    assert_eq!(answer.bad_fields(), ["fingerprint"]);
    assert!(answer.text().contains("perhaps in Latin-1"), "{}", answer.text());
});

contract!(invalid_unicode_is_refused, async |db| {
    let server = Server::on(db).await;
    for lone in [r"\ud800", r"\udfff", r"\udc00\ud800", r"device\ud83d", r"\ud83d\u0041"] {
        let body = format!(r#"{{"activationCode": "ABCDEF", "fingerprint": "{lone}"}}"#);
        assert_eq!(server.post_text(JWT, body).await.bad_fields(), ["fingerprint"], "{lone}");
    }
    for bytes in [&b"\xff"[..], b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"] {
        let body = [&br#"{"activationCode": "ABCDEF", "fingerprint": ""#[..], bytes, br#""}"#].concat();
        assert_eq!(server.post_text(JWT, body).await.bad_fields(), ["fingerprint"], "{bytes:?}");
    }
    let utf16: Vec<u8> = r#"{"activationCode": "ABCDEF"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(server.post_text(JWT, utf16).await.bad_fields(), ["body"]);
});

contract!(a_duplicate_name_is_refused_at_every_depth, async |db| {
    let server = Server::on(db).await;
    let good = r#""activationCode": "ABCDEF", "fingerprint": "x""#;
    for (more, fields) in [
        (r#""fingerprint": "x""#, vec!["fingerprint"]),
        (r#""fingerprint": "y", "activationCode": null"#, vec!["activationCode", "activationCode", "fingerprint"]),
        (r#""finger\u0070rint": "x""#, vec!["fingerprint"]),
        (r#""other": {"a": 1, "a": 1}"#, vec!["other"]),
        (r#""other": [[{"b": {"a": 1, "a": 2}}]]"#, vec!["other"]),
    ] {
        let answer = server.post_text(JWT, format!("{{{good}, {more}}}")).await;
        assert_eq!(answer.bad_fields(), fields, "{more}");
    }
});

contract!(nesting_deeper_than_32_levels_is_refused, async |db| {
    let server = Server::on(db).await;
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!(r#"{{"activationCode": "ABCDEF", "fingerprint": "x", "deep": {open}{close}}}"#)
    };
    assert_eq!(server.post_text(JWT, nested(32)).await.problem().0, 404);
    for levels in [33, 200, 7000] {
        assert_eq!(server.post_text(JWT, nested(levels)).await.bad_fields(), ["deep"], "{levels}");
    }
});

contract!(the_code_is_never_repeated_in_an_answer, async |db| {
    let server = Server::on(db).await;
    for body in [
        asked(json!({ "activationCode": "SECRET-SECRET" })),
        asked(json!({ "activationCode": "SECRET-SECRET", "fingerprint": 1 })),
        asked(json!({ "activationCode": format!("SECRET-{}", "A".repeat(129)) })),
        asked(json!({ "activationCode": ["SECRET"] })),
        asked(json!({ "activationCode": "SECRET\u{7}SECRET" })),
    ] {
        let answer = server.post(JWT, &body).await;
        assert!(answer.status.is_client_error() && !answer.text().contains("SECRET"), "{}", answer.text());
    }
});
