//! The members of a request's object, read one by one, so that all faults are reported at once.

use std::fmt::Display;

use licensing::{Invalid, hint, wire::kind_of};
use serde_json::{Map, Value};

/// The members of a JSON object, and the faults found so far. Members that are never read are ignored.
#[derive(Debug, Default)]
pub(in crate::api) struct Members {
    values: Map<String, Value>,
    wrong: Invalid,
}

impl From<Map<String, Value>> for Members {
    fn from(values: Map<String, Value>) -> Self {
        Self { values, wrong: Invalid::default() }
    }
}

impl Members {
    pub(super) fn note(&mut self, name: &str, fault: &str) {
        self.wrong.add(name, fault);
    }

    /// Parses a required string member. Returns `None` and records the fault if it is missing or invalid.
    pub(in crate::api) fn required<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if matches!(self.values.get(name), None | Some(Value::Null)) {
            self.note(name, "is missing");
        }
        self.text(name, read)
    }

    /// Parses an optional string member. `null` and an empty string count as absent, since many clients send every
    /// field of their form.
    pub(in crate::api) fn optional<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if matches!(self.values.get(name), Some(Value::String(text)) if text.trim().is_empty()) {
            self.values.remove(name);
        }
        self.text(name, read)
    }

    /// Returns the device's name and platform, cleaned.
    pub(in crate::api) fn hints(&mut self) -> [Option<String>; 2] {
        hint::NAMES.map(|name| match self.values.remove(name)? {
            Value::String(text) => hint::clean(&text),
            Value::Number(number) => hint::clean(&number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        })
    }

    fn text<T, E: Display>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let text = match self.values.remove(name).unwrap_or(Value::Null) {
            Value::Null => return None,
            Value::String(text) => text,
            other => {
                self.note(name, &format!("must be a string, not {}", kind_of(&other)));
                return None;
            }
        };
        self.wrong.keep(name, read(&text))
    }

    /// Like [`optional`](Self::optional), but also accepts a number, as its decimal digits.
    pub(in crate::api) fn text_or_number<T, E: Display>(
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

    /// Returns the value built from the members, or all faults found.
    pub(in crate::api) fn finish<T>(self, made: Option<T>) -> Result<T, Invalid> {
        match made {
            Some(made) => self.wrong.or(made),
            None => Err(self.wrong),
        }
    }
}
