//! Members of an offline request or release, read one by one so that every fault is reported at once: the next attempt
//! may be a journey away.

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::{
    Invalid, hint,
    json::{self, Read, Unreadable},
    span::LAST_MOMENT,
    text,
};

/// Members of a JSON object, with the errors found in those read so far.
#[derive(Debug, Default)]
pub struct Members {
    values: Map<String, Value>,
    wrong: Invalid,
}

impl Members {
    /// Reads a JSON object (RFC 8259). A duplicate name is noted as an error.
    ///
    /// # Errors
    /// Returns an error under `field` if the text is not UTF-8, not JSON or not an object.
    pub fn read(field: &str, json: &[u8]) -> Result<Self, Invalid> {
        let Read { value, repeated } = json::read_with_hints(json).map_err(|unreadable| {
            let Unreadable { member, fault } = unreadable;
            match member {
                Some(name) => Invalid::one(field, format!("has a member {} that {fault}", shortened(&name))),
                None => Invalid::one(field, fault),
            }
        })?;
        let Value::Object(values) = value else {
            return Err(Invalid::one(field, "is not a JSON object"));
        };
        let mut members = Self { values, wrong: Invalid::default() };
        for name in repeated {
            members.wrong.add(shortened(&name.member), name.fault());
        }
        Ok(members)
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
        if let Some(Value::Object(values)) = self.values.remove(name) {
            return Some(Self { values, wrong: Invalid::default() });
        }
        self.wrong.add(name, "is required and must be an object");
        None
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
            self.wrong.add(shortened(&name), "is not a member of this format");
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

/// The name of a member that this format does not know, cut to 64 characters.
fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}
