//! Strict JSON reader (RFC 8259). Refuses invalid UTF-8, lone surrogates and anything after the value, reports
//! duplicate names at every depth, and limits nesting to 32 levels. It is lenient in one case: in members that only
//! help support, such as the device's name, text that is not valid Unicode is accepted.
//!
//! Not `serde_path_to_error`, which stops at the first fault and accepts repeated names of a map.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::{
    Invalid,
    hint::{self, LossyText},
};

/// Maximum nesting depth of values, including the outermost object.
const DEEPEST: u8 = 32;

/// UTF-8 byte order mark. Some libraries write it, and a reader may ignore it (RFC 8259 §8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const NOT_UTF8: &str = "is not in UTF-8 but perhaps in Latin-1 or Windows-1252: encode the whole text in UTF-8";

/// A JSON value, and the names that occur twice in one of its objects.
#[derive(Debug)]
pub struct Read {
    /// The value. Of a repeated name, it has the last occurrence.
    pub value: Value,
    /// The repeated names, in the order of their second occurrence.
    pub repeated: Vec<Repeated>,
}

/// A name that occurs twice in an object.
#[derive(Debug)]
pub struct Repeated {
    /// Member of the outermost object that it is in; empty if there is no such object.
    pub member: String,
    /// JSON pointer (RFC 6901) to it.
    pub pointer: String,
    /// `true` if it is a name of the outermost object.
    pub outermost: bool,
}

impl Repeated {
    /// The fault of the member that it is in, as words after the member's name.
    pub const fn fault(&self) -> &'static str {
        if self.outermost { "is repeated" } else { "contains a repeated name" }
    }
}

/// Text that is not JSON.
#[derive(Debug)]
pub struct Unreadable {
    /// Member of the outermost object in which the fault occurred, if it has got that far.
    pub member: Option<String>,
    /// The fault, as words after the name of the member or of the whole text.
    pub fault: String,
}

impl Unreadable {
    /// The fault as an error of the member in which it occurred, or else of `whole`.
    pub fn under(self, whole: &str) -> Invalid {
        Invalid::one(self.member.as_deref().unwrap_or(whole), self.fault)
    }
}

/// Reads a JSON value of any kind.
///
/// # Errors
/// Returns the first fault that makes the text unreadable.
pub fn read(bytes: &[u8]) -> Result<Read, Unreadable> {
    read_once(bytes, &[])
}

/// Reads a JSON value of any kind. In the [hints](hint::NAMES) of an object, text that is not valid Unicode is repaired.
///
/// # Errors
/// Returns the first fault that makes the text unreadable.
pub fn read_with_hints(bytes: &[u8]) -> Result<Read, Unreadable> {
    let mut broken = vec![];
    loop {
        match read_once(bytes, &broken) {
            Err(Unreadable { member: Some(at), .. }) if hint::NAMES.contains(&at.as_str()) && !broken.contains(&at) => {
                broken.push(at);
            }
            read => return read,
        }
    }
}

/// Reads the value once, accepting invalid Unicode in the `broken` members. An error names the member in which it
/// occurred.
fn read_once(bytes: &[u8], broken: &[String]) -> Result<Read, Unreadable> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, ..] | [_, 0, ..]) {
        return Err(Unreadable { member: None, fault: "is in UTF-16 or UTF-32: send JSON in UTF-8".to_owned() });
    }
    let mut reading = Reading { broken, repeated: vec![], path: vec![] };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let found = Node { depth: 1, reading: &mut reading }.deserialize(&mut json).and_then(|value| {
        json.end()?;
        Ok(value)
    });
    match found {
        Ok(value) => Ok(Read { value, repeated: reading.repeated }),
        Err(error) => {
            let error = error.to_string();
            let not_utf8 = error.starts_with("invalid unicode code point") && str::from_utf8(bytes).is_err();
            let fault = if not_utf8 { NOT_UTF8.to_owned() } else { format!("is not valid JSON: {error}") };
            let is_object = bytes.trim_ascii_start().starts_with(b"{");
            Err(Unreadable { member: reading.path.into_iter().next().filter(|_| is_object), fault })
        }
    }
}

/// State of the reader.
struct Reading<'a> {
    /// Members whose text is not valid Unicode.
    broken: &'a [String],
    repeated: Vec<Repeated>,
    /// Names and indexes that lead to the value that is being read.
    path: Vec<String>,
}

/// Deserializer of a value at some depth.
struct Node<'a, 'b> {
    depth: u8,
    reading: &'a mut Reading<'b>,
}

impl<'b> Node<'_, 'b> {
    fn inside(&mut self) -> Node<'_, 'b> {
        Node { depth: self.depth + 1, reading: self.reading }
    }

    fn check_depth<E: Error>(&self) -> Result<(), E> {
        if self.depth > DEEPEST { Err(E::custom(format!("nested deeper than {DEEPEST} levels"))) } else { Ok(()) }
    }

    fn note_repeated(&mut self) {
        let path = &self.reading.path;
        let repeated = Repeated {
            member: path.first().cloned().unwrap_or_default(),
            pointer: pointer(path),
            outermost: self.depth == 1,
        };
        self.reading.repeated.push(repeated);
    }
}

/// Writes a path as a JSON pointer (RFC 6901 §3).
fn pointer(path: &[String]) -> String {
    path.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect()
}

impl<'de> DeserializeSeed<'de> for Node<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, on: bool) -> Result<Value, E> {
        Ok(Value::Bool(on))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut values = vec![];
        // After an error, the path says where it occurred.
        self.reading.path.push("0".to_owned());
        while let Some(value) = list.next_element_seed(self.inside())? {
            values.push(value);
            self.reading.path.pop();
            self.reading.path.push(values.len().to_string());
        }
        self.reading.path.pop();
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            self.reading.path.push(name.clone());
            let value = if self.depth == 1 && self.reading.broken.contains(&name) {
                Value::String(object.next_value_seed(LossyText)?)
            } else {
                object.next_value_seed(self.inside())?
            };
            if members.insert(name, value).is_some() {
                self.note_repeated();
            }
            self.reading.path.pop();
        }
        Ok(Value::Object(members))
    }
}
