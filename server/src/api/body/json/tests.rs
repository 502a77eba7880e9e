use licensing::{FieldError, Invalid};

use super::read;

/// Returns the faults found when the string `a` is read from the body.
fn faults(body: impl AsRef<[u8]>) -> Vec<String> {
    let read_a = |mut members: super::Members| {
        let a = members.required("a", |text| Ok::<_, Invalid>(text.to_owned()));
        members.finish(a)
    };
    match read(body.as_ref()).and_then(read_a) {
        Ok(_) => vec![],
        Err(Invalid(errors)) => {
            errors.into_iter().map(|FieldError { field, message }| format!("{field} {message}")).collect()
        }
    }
}

fn nested(levels: usize) -> String {
    format!(r#"{{"a": "", "b": {}1{}}}"#, "[".repeat(levels - 1), "]".repeat(levels - 1))
}

#[test]
fn a_plain_object_is_read_and_other_members_are_ignored() {
    assert!(faults(r#" {"a": "x", "b": [{"c": null}, 1.5e3, true], "": {}} "#).is_empty());
}

#[test]
fn a_duplicate_name_is_detected_at_every_depth() {
    assert_eq!(faults(r#"{"a": "x", "a": "x"}"#), ["a is repeated"]);
    assert_eq!(faults(r#"{"a": "x", "b": [{"c": {"d": 1, "\u0064": 2}}]}"#), ["b contains a repeated name"]);
    assert_eq!(
        faults(r#"{"b": 1, "b": {"c": 1, "c": 2}}"#),
        ["b contains a repeated name", "b is repeated", "a is missing"]
    );
}

#[test]
fn thirty_two_levels_are_the_maximum_depth() {
    assert!(faults(nested(32)).is_empty());
    assert_eq!(faults(nested(33)), ["b is not valid JSON: nested deeper than 32 levels at line 1 column 47"]);
    assert_eq!(
        faults("[".repeat(10_000)),
        ["body is not valid JSON: nested deeper than 32 levels at line 1 column 33"]
    );
}

#[test]
fn anything_but_a_json_object_is_refused() {
    for body in [
        "",
        "nonsense",
        "null",
        "[]",
        "\"a\"",
        "{",
        "{'a': 1}",
        r#"{"a": "x"} x"#,
        r#"{"a": "x"}{}"#,
        r#"{"a": "x",}"#,
        r#"{"a": 1e999}"#,
    ] {
        assert_eq!(faults(body).len(), 1, "{body}");
    }
}

#[test]
fn invalid_unicode_is_refused_with_its_member() {
    for text in [r"\ud800", r"\udc00\ud800", r"x\ud800y", r"\ud800\u0041"] {
        let found = faults(format!(r#"{{"b": 1, "a": "{text}"}}"#));
        assert!(found.len() == 1 && found[0].starts_with("a is not valid JSON"), "{text}: {found:?}");
    }
    for body in [
        &b"{\"a\": \"\xff\"}"[..],
        b"{\"a\": \"\xc0\x80\"}",
        b"{\"a\": \"\xed\xa0\x80\"}",
        b"{\"\xff\": 1}",
        b"\xff\xfe{\0}\0",
    ] {
        assert_eq!(faults(body).len(), 1, "{body:?}");
    }
    assert!(faults(r#"{"a": "\ud83d\ude00"}"#).is_empty());
}

#[test]
fn errors_say_what_a_member_should_be() {
    assert_eq!(faults("{}"), ["a is missing"]);
    assert_eq!(faults(r#"{"a": null}"#), ["a is missing"]);
    for (value, kind) in [("1", "a number"), ("true", "a boolean"), ("[]", "an array"), ("{}", "an object")] {
        assert_eq!(faults(format!(r#"{{"a": {value}}}"#)), [format!("a must be a string, not {kind}")]);
    }
}
