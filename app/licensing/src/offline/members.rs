//! Members of an offline request or release, read one by one so that every fault is reported at once: the next attempt
//! may be a journey away.

use std::{collections::HashMap, fmt};

use chrono::{DateTime, Utc};
use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, Visitor},
};
use serde_json::Value;

use crate::{
    Invalid,
    hint::{self, LossyText},
    span::LAST_MOMENT,
    text,
};

/// Members of a JSON object, with the errors found in those read so far.
#[derive(Debug, Default)]
pub struct Members {
    values: HashMap<String, Value>,
    wrong: Invalid,
}

impl Members {
    /// Reads a JSON object (RFC 8259). A duplicate name is noted as an error.
    ///
    /// # Errors
    /// Returns an error under `field` if the text is not UTF-8, not JSON or not an object.
    pub fn read(field: &str, json: &[u8]) -> Result<Self, Invalid> {
        let mut broken = vec![];
        loop {
            let mut at = None;
            let mut source = serde_json::Deserializer::from_slice(json);
            let object = Object { broken: &broken, at: &mut at };
            let read = object.deserialize(&mut source).and_then(|members| source.end().map(|()| members));
            match (read, at) {
                (Err(_), Some(name)) if hint::NAMES.contains(&name.as_str()) && !broken.contains(&name) => {
                    broken.push(name);
                }
                (read, _) => {
                    let fault = |error| Invalid::one(field, format!("is not a valid JSON object: {error}"));
                    return read.map_err(fault);
                }
            }
        }
    }

    /// Reads a required string with `read`.
    pub fn required<T, E: fmt::Display>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        if !self.values.contains_key(name) {
            self.wrong.add(name, "is missing");
        }
        self.text(name, read)
    }

    /// Reads an optional string with `read`. `null` and an empty string count as absent.
    pub fn optional<T, E: fmt::Display>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let absent = match self.values.get(name) {
            Some(Value::Null) => true,
            Some(Value::String(text)) => text.trim().is_empty(),
            _ => false,
        };
        if absent {
            self.values.remove(name);
        }
        self.text(name, read)
    }

    /// Like [`optional`](Self::optional), but accepts a number as the text of its digits.
    pub fn text_or_number<T, E: fmt::Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if let Some(Value::Number(number)) = self.values.get(name) {
            let digits = Value::String(number.to_string());
            self.values.insert(name.to_owned(), digits);
        }
        self.optional(name, read)
    }

    /// Reads the hints and cleans them.
    pub fn hints(&mut self) -> [Option<String>; 2] {
        hint::NAMES.map(|name| match self.values.remove(name)? {
            Value::String(text) => hint::clean(&text),
            Value::Number(number) => hint::clean(&number.to_string()),
            _ => None,
        })
    }

    fn text<T, E: fmt::Display>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        match self.values.remove(name)? {
            Value::String(text) => self.wrong.keep(name, read(&text)),
            _ => {
                self.wrong.add(name, "must be a text");
                None
            }
        }
    }

    /// Reads a required time in seconds since 1970. A fraction of a second is cut off (RFC 7519 §2, NumericDate).
    pub fn moment(&mut self, name: &str) -> Option<DateTime<Utc>> {
        let Some(value) = self.values.remove(name) else {
            self.wrong.add(name, "is missing");
            return None;
        };
        let at =
            seconds(&value).filter(|seconds| *seconds >= 0).and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let at = at.filter(|at| *at <= LAST_MOMENT);
        if at.is_none() {
            self.wrong.add(name, "must be a number of seconds since 1970");
        }
        at
    }

    /// Requires a member that is `true`.
    pub fn affirmed(&mut self, name: &str, why: &str) {
        if self.values.remove(name) != Some(Value::Bool(true)) {
            self.wrong.add(name, why);
        }
    }

    /// Reads a required object inside this one.
    pub fn object(&mut self, name: &str) -> Option<Self> {
        let value = self.values.remove(name);
        let inner = value.and_then(|value| Object { broken: &[], at: &mut None }.deserialize(value).ok());
        if inner.is_none() {
            self.wrong.add(name, "is required and must be an object");
        }
        inner
    }

    /// Adds an error.
    pub fn note(&mut self, name: &str, fault: impl Into<String>) {
        self.wrong.add(name, fault);
    }

    /// Returns the result, or every error. A member that was not read is an error: a misspelled name is reported here,
    /// before it is found missing on the device.
    ///
    /// # Errors
    /// Returns all errors found.
    pub fn finish<T>(mut self, made: Option<T>) -> Result<T, Invalid> {
        let mut unread: Vec<_> = self.values.keys().cloned().collect();
        unread.sort();
        for name in unread {
            let name: String = name.chars().take(64).collect();
            self.wrong.add(name, "is not a member of this format");
        }
        match made {
            Some(made) => self.wrong.or(made),
            None => Err(self.wrong),
        }
    }
}

/// Reads a product's code, the value of `aud`.
pub(super) fn product(text: &str) -> Result<String, text::TextError> {
    text::slug(text, text::LONGEST_SLUG)
}

/// Reads a nonce: at least 128 bits, 22 to 86 characters of base64url (RFC 4648 §5).
///
/// # Errors
/// Returns a message that says what is expected.
pub fn nonce(text: &str) -> Result<String, &'static str> {
    let good =
        (22..=86).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if good { Ok(text.to_owned()) } else { Err("must be 16 to 64 random bytes in base64url, 22 to 86 characters") }
}

/// Whole seconds of a number; `None` if they cannot be determined.
fn seconds(value: &Value) -> Option<i64> {
    let float = || value.as_f64().filter(|float| float.abs() < 1e15);
    value.as_i64().or_else(|| float().map(|float| float.floor() as i64))
}

/// An object whose `broken` members contain invalid Unicode. Stores the name of the member being read in `at`.
struct Object<'a> {
    broken: &'a [String],
    at: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Members;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Members, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        while let Some(name) = object.next_key::<String>()? {
            *self.at = Some(name.clone());
            let value = if self.broken.contains(&name) {
                Value::String(object.next_value_seed(LossyText)?)
            } else {
                object.next_value::<Value>()?
            };
            *self.at = None;
            if members.values.contains_key(&name) {
                members.wrong.add(name.chars().take(64).collect::<String>(), "appears twice");
            }
            members.values.insert(name, value);
        }
        Ok(members)
    }
}
