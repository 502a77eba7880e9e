//! The members of a paper, read one by one, so that every fault is named at once: the next try may be a journey away.

use std::{collections::HashMap, fmt};

use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use crate::{Invalid, span::LAST_MOMENT, text};

/// The members of a JSON object, and what is wrong with those that were read.
#[derive(Debug, Default)]
pub struct Members {
    values: HashMap<String, Value>,
    wrong: Invalid,
}

impl Members {
    /// Reads a JSON object (RFC 8259). A name that comes twice is noted.
    ///
    /// # Errors
    /// Under `field`: not an object, not JSON, not UTF-8.
    pub fn read(field: &str, json: &[u8]) -> Result<Self, Invalid> {
        serde_json::from_slice(json).map_err(|error| Invalid::one(field, format!("is not a good JSON object: {error}")))
    }

    /// A text that must be there, as `read` understands it.
    pub fn required<T, E: fmt::Display>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        if !self.values.contains_key(name) {
            self.wrong.add(name, "is missing");
        }
        self.optional(name, read)
    }

    /// A text that may be there.
    pub fn optional<T, E: fmt::Display>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        match self.values.remove(name)? {
            Value::String(text) => self.wrong.keep(name, read(&text)),
            _ => {
                self.wrong.add(name, "must be a text");
                None
            }
        }
    }

    /// A moment that must be there, in seconds since 1970.
    pub fn moment(&mut self, name: &str) -> Option<DateTime<Utc>> {
        let Some(value) = self.values.remove(name) else {
            self.wrong.add(name, "is missing");
            return None;
        };
        let at =
            value.as_i64().filter(|seconds| *seconds >= 0).and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let at = at.filter(|at| *at <= LAST_MOMENT);
        if at.is_none() {
            self.wrong.add(name, "must be a whole number of seconds since 1970");
        }
        at
    }

    /// A member that must be there and be `true`.
    pub fn affirmed(&mut self, name: &str, why: &str) {
        if self.values.remove(name) != Some(Value::Bool(true)) {
            self.wrong.add(name, why);
        }
    }

    /// Another object inside this one, which must be there.
    pub fn object(&mut self, name: &str) -> Option<Self> {
        let value = self.values.remove(name);
        let inner = value.and_then(|value| Self::deserialize(value).ok());
        if inner.is_none() {
            self.wrong.add(name, "must be there, and be an object");
        }
        inner
    }

    /// Notes a fault.
    pub fn note(&mut self, name: &str, fault: impl Into<String>) {
        self.wrong.add(name, fault);
    }

    /// What was made of the members, or everything that is wrong with them. A member that nobody has read is wrong: a
    /// name with a slip in it is told here, rather than found missing on the device.
    ///
    /// # Errors
    /// Every fault.
    pub fn finish<T>(mut self, made: Option<T>) -> Result<T, Invalid> {
        let mut unread: Vec<_> = self.values.keys().cloned().collect();
        unread.sort();
        for name in unread {
            let name: String = name.chars().take(64).collect();
            self.wrong.add(name, "is not a member that this format has");
        }
        match made {
            Some(made) => self.wrong.or(made),
            None => Err(self.wrong),
        }
    }
}

/// The code of a product, as `aud` names it.
pub(super) fn product(text: &str) -> Result<String, text::TextError> {
    text::slug(text, text::LONGEST_SLUG)
}

/// A nonce: at least 128 bits, 22 to 86 characters of base64url (RFC 4648 §5).
///
/// # Errors
/// What would be good.
pub fn nonce(text: &str) -> Result<String, &'static str> {
    let good =
        (22..=86).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if good { Ok(text.to_owned()) } else { Err("must be 16 to 64 random bytes in base64url, 22 to 86 characters") }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members, A::Error> {
                let mut members = Members::default();
                while let Some((name, value)) = object.next_entry::<String, Value>()? {
                    if members.values.contains_key(&name) {
                        members.wrong.add(name.chars().take(64).collect::<String>(), "is there twice");
                    }
                    members.values.insert(name, value);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Object)
    }
}
