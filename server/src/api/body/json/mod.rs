//! Strict JSON reader (RFC 8259). Refuses invalid UTF-8, lone surrogates and anything after the object, reports
//! duplicate names at every depth, and limits nesting to 32 levels. It is lenient in one case: in members that only
//! help support, such as the device's name, text that is not valid Unicode is accepted.
//!
//! Not `serde_path_to_error`, which stops at the first fault and accepts repeated names of a map. The reader of offline
//! files, [`licensing::offline`], differs: it keeps the content of inner objects, such as keys.

use std::{collections::HashSet, fmt};

use licensing::{
    Invalid,
    hint::{self, LossyText},
};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::{Members, value::Value};

/// Maximum nesting depth of values, including the outermost object.
const DEEPEST: u8 = 32;

/// UTF-8 byte order mark. Some libraries write it, and a reader may ignore it (RFC 8259 §8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const NOT_UTF8: &str = "is not in UTF-8 but perhaps in Latin-1 or Windows-1252: encode the whole request in UTF-8";

/// Reads the members of a JSON object. Faults of single members are recorded in the result; an error means that the
/// body cannot be read at all.
pub(super) fn read(bytes: &[u8]) -> Result<Members, Invalid> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, ..] | [_, 0, ..]) {
        return Err(Invalid::one("body", "is in UTF-16 or UTF-32: send JSON in UTF-8"));
    }
    let mut broken = vec![];
    loop {
        match read_once(bytes, &broken) {
            Err((Some(at), _)) if hint::NAMES.contains(&at.as_str()) && !broken.contains(&at) => broken.push(at),
            read => return read.map_err(|(_, invalid)| invalid),
        }
    }
}

/// Reads the object once, accepting invalid Unicode in the `broken` members. An error names the member in which it
/// occurred.
fn read_once(bytes: &[u8], broken: &[String]) -> Result<Members, (Option<String>, Invalid)> {
    let mut read = Reading { broken, members: Members::default(), at: None };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let found = Node { depth: 1, read: &mut read }.deserialize(&mut json).and_then(|value| {
        json.end()?;
        Ok(value)
    });
    match found {
        Ok(Value::Object) => Ok(read.members),
        Ok(_) => {
            let fault = "is not a JSON object: send {\"activationCode\": …, \"fingerprint\": …}";
            Err((None, Invalid::one("body", fault)))
        }
        Err(error) => {
            let error = error.to_string();
            let not_utf8 = error.starts_with("invalid unicode code point") && str::from_utf8(bytes).is_err();
            let fault = if not_utf8 { NOT_UTF8.to_owned() } else { format!("is not valid JSON: {error}") };
            let invalid = Invalid::one(read.at.as_deref().unwrap_or("body"), fault);
            Err((read.at, invalid))
        }
    }
}

/// State of the reader.
struct Reading<'a> {
    /// Members whose text is not valid Unicode.
    broken: &'a [String],
    members: Members,
    /// Member of the outermost object that is being read.
    at: Option<String>,
}

/// Deserializer of a value at some depth.
struct Node<'a, 'b> {
    depth: u8,
    read: &'a mut Reading<'b>,
}

impl<'b> Node<'_, 'b> {
    fn inside(&mut self) -> Node<'_, 'b> {
        Node { depth: self.depth + 1, read: self.read }
    }

    fn check_depth<E: Error>(&self) -> Result<(), E> {
        if self.depth > DEEPEST { Err(E::custom(format!("nested deeper than {DEEPEST} levels"))) } else { Ok(()) }
    }
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

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Boolean)
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
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        while list.next_element_seed(self.inside())?.is_some() {}
        Ok(Value::List)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut names = HashSet::new();
        while let Some(name) = object.next_key::<String>()? {
            let outermost = self.depth == 1;
            if outermost {
                self.read.at = Some(name.clone());
            }
            let value = if outermost && self.read.broken.contains(&name) {
                Value::Text(object.next_value_seed(LossyText)?)
            } else {
                object.next_value_seed(self.inside())?
            };
            if !names.insert(name.clone()) {
                let member = self.read.at.clone().unwrap_or_default();
                self.read.members.note(&member, if outermost { "is repeated" } else { "contains a repeated name" });
            }
            if outermost {
                self.read.members.put(name, value);
                self.read.at = None;
            }
        }
        Ok(Value::Object)
    }
}

#[cfg(test)]
mod tests;
