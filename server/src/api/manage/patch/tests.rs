use serde_json::json;

use super::*;

fn applied(patch: Value, object: &Value) -> Result<Value, String> {
    let patch = Patch::read(patch).map_err(|invalid| invalid.to_string())?;
    patch.apply(object).map_err(|error| error.to_string())
}

#[test]
fn the_examples_of_rfc_7396_come_out_as_printed() {
    for (original, patch, result) in [
        (json!({ "a": "b" }), json!({ "a": "c" }), json!({ "a": "c" })),
        (json!({ "a": "b" }), json!({ "b": "c" }), json!({ "a": "b", "b": "c" })),
        (json!({ "a": "b" }), json!({ "a": null }), json!({})),
        (json!({ "a": "b", "b": "c" }), json!({ "a": null }), json!({ "b": "c" })),
        (json!({ "a": ["b"] }), json!({ "a": "c" }), json!({ "a": "c" })),
        (json!({ "a": "c" }), json!({ "a": ["b"] }), json!({ "a": ["b"] })),
        (json!({ "a": { "b": "c" } }), json!({ "a": { "b": "d", "c": null } }), json!({ "a": { "b": "d" } })),
        (json!({ "a": [{ "b": "c" }] }), json!({ "a": [1] }), json!({ "a": [1] })),
        (json!({ "e": null }), json!({ "a": 1 }), json!({ "e": null, "a": 1 })),
        (json!([1, 2]), json!({ "a": "b", "c": null }), json!({ "a": "b" })),
        (json!({}), json!({ "a": { "bb": { "ccc": null } } }), json!({ "a": { "bb": {} } })),
    ] {
        assert_eq!(applied(patch.clone(), &original), Ok(result), "{original} {patch}");
    }
}

#[test]
fn the_examples_of_rfc_6902_come_out_as_printed() {
    for (original, patch, result) in [
        (
            json!({ "foo": "bar" }),
            json!([{ "op": "add", "path": "/baz", "value": "qux" }]),
            Some(json!({ "baz": "qux", "foo": "bar" })),
        ),
        (
            json!({ "foo": ["bar", "baz"] }),
            json!([{ "op": "add", "path": "/foo/1", "value": "qux" }]),
            Some(json!({ "foo": ["bar", "qux", "baz"] })),
        ),
        (
            json!({ "baz": "qux", "foo": "bar" }),
            json!([{ "op": "remove", "path": "/baz" }]),
            Some(json!({ "foo": "bar" })),
        ),
        (
            json!({ "foo": ["bar", "qux", "baz"] }),
            json!([{ "op": "remove", "path": "/foo/1" }]),
            Some(json!({ "foo": ["bar", "baz"] })),
        ),
        (
            json!({ "baz": "qux", "foo": "bar" }),
            json!([{ "op": "replace", "path": "/baz", "value": "boo" }]),
            Some(json!({ "baz": "boo", "foo": "bar" })),
        ),
        (
            json!({ "foo": { "bar": "baz", "waldo": "fred" }, "qux": { "corge": "grault" } }),
            json!([{ "op": "move", "from": "/foo/waldo", "path": "/qux/thud" }]),
            Some(json!({ "foo": { "bar": "baz" }, "qux": { "corge": "grault", "thud": "fred" } })),
        ),
        (
            json!({ "foo": ["all", "grass", "cows", "eat"] }),
            json!([{ "op": "move", "from": "/foo/1", "path": "/foo/3" }]),
            Some(json!({ "foo": ["all", "cows", "eat", "grass"] })),
        ),
        (
            json!({ "baz": "qux", "foo": ["a", 2, "c"] }),
            json!([{ "op": "test", "path": "/baz", "value": "qux" }, { "op": "test", "path": "/foo/1", "value": 2 }]),
            Some(json!({ "baz": "qux", "foo": ["a", 2, "c"] })),
        ),
        (json!({ "baz": "qux" }), json!([{ "op": "test", "path": "/baz", "value": "bar" }]), None),
        (
            json!({ "foo": "bar" }),
            json!([{ "op": "add", "path": "/child", "value": { "grandchild": {} } }]),
            Some(json!({ "foo": "bar", "child": { "grandchild": {} } })),
        ),
        (
            json!({ "foo": "bar" }),
            json!([{ "op": "add", "path": "/baz", "value": "qux", "xyz": 123 }]),
            Some(json!({ "foo": "bar", "baz": "qux" })),
        ),
        (json!({ "foo": "bar" }), json!([{ "op": "add", "path": "/baz/bat", "value": "qux" }]), None),
        (
            json!({ "/": 9, "~1": 10 }),
            json!([{ "op": "test", "path": "/~01", "value": 10 }]),
            Some(json!({ "/": 9, "~1": 10 })),
        ),
        (json!({ "/": 9, "~1": 10 }), json!([{ "op": "test", "path": "/~01", "value": "10" }]), None),
        (
            json!({ "foo": ["bar"] }),
            json!([{ "op": "add", "path": "/foo/-", "value": ["abc", "def"] }]),
            Some(json!({ "foo": ["bar", ["abc", "def"]] })),
        ),
    ] {
        assert_eq!(applied(patch.clone(), &original).ok(), result, "{original} {patch}");
    }
}

#[test]
fn operations_may_be_numbered_as_dotnet_does() {
    let object = json!({ "a": 1 });
    let patch = json!([
        { "operationType": 5, "path": "/a", "value": 1 },
        { "operationType": 2, "path": "/a", "value": 2 },
        { "operationType": 2, "op": "add", "path": "/b", "value": 3 },
    ]);
    assert_eq!(applied(patch, &object), Ok(json!({ "a": 2, "b": 3 })));
    assert!(applied(json!([{ "operationType": 6, "path": "/a" }]), &object).is_err());
}

#[test]
fn a_patch_cannot_grow_an_object_without_bound() {
    let copies = (0..100).map(|_| json!({ "op": "copy", "from": "/a", "path": "/a/-" }));
    let refused = applied(copies.collect(), &json!({ "a": ["x".repeat(1_000)] })).unwrap_err();
    assert!(refused.contains("larger than 64 KiB"), "{refused}");
    let many = vec![json!({ "op": "test", "path": "", "value": {} }); 101];
    assert!(applied(many.into(), &json!({})).unwrap_err().contains("more than 100 operations"));
}

#[test]
fn only_editable_members_change() {
    let object = json!({ "id": 7, "name": "a", "notes": "b" });
    let edited = |patch| Patch::read(patch).unwrap().edit(&object, &["name", "notes"]).map(drop);
    assert!(edited(json!({ "name": "c" })).is_ok());
    assert!(edited(json!({ "id": 7, "notes": null })).is_ok(), "a member that stays the same may be sent");
    for patch in [json!({ "id": 8 }), json!({ "id": null }), json!([{ "op": "replace", "path": "/id", "value": 8 }])] {
        let Err(Error::Invalid(invalid)) = edited(patch) else { panic!("not refused") };
        assert_eq!(invalid.0[0].field, "/id");
    }
}
