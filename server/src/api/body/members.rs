//! The members of a request's object, read one by one, so that every fault is named at once.

use std::{collections::HashMap, fmt::Display};

use licensing::{Invalid, hint};

use super::json::Value;

/// The members of a JSON object, and what is wrong with those that were read. Members that nobody reads are ignored.
#[derive(Debug, Default)]
pub(in crate::api) struct Members {
    values: HashMap<String, Value>,
    wrong: Invalid,
}

impl Members {
    pub(super) fn put(&mut self, name: String, value: Value) {
        self.values.insert(name, value);
    }

    pub(super) fn note(&mut self, name: &str, fault: &str) {
        self.wrong.add(name, fault);
    }

    /// A text that must be there, as `read` understands it.
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

    /// A text that may be there; `null` and an empty text count as absent, since many a client sends every field of its form.
    pub(in crate::api) fn optional<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if matches!(self.values.get(name), Some(Value::Text(text)) if text.trim().is_empty()) {
            self.values.remove(name);
        }
        self.text(name, read)
    }

    /// The device's name and its platform, cleaned.
    pub(in crate::api) fn hints(&mut self) -> [Option<String>; 2] {
        hint::NAMES.map(|name| match self.values.remove(name)? {
            Value::Text(text) => hint::clean(&text),
            Value::Number(number) => hint::clean(&number.to_string()),
            Value::Null | Value::Boolean | Value::List | Value::Object => None,
        })
    }

    fn text<T, E: Display>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let text = match self.values.remove(name).unwrap_or(Value::Null) {
            Value::Null => return None,
            Value::Text(text) => text,
            other => {
                self.note(name, &format!("must be a text, and is {}", other.kind()));
                return None;
            }
        };
        self.wrong.keep(name, read(&text))
    }

    /// Like [`optional`](Self::optional), where a number means its digits.
    pub(in crate::api) fn text_or_number<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if let Some(Value::Number(number)) = self.values.get(name) {
            let digits = Value::Text(number.to_string());
            self.put(name.to_owned(), digits);
        }
        self.optional(name, read)
    }

    /// What was made of the members, or everything that is wrong with them.
    pub(in crate::api) fn finish<T>(self, made: Option<T>) -> Result<T, Invalid> {
        match made {
            Some(made) => self.wrong.or(made),
            None => Err(self.wrong),
        }
    }
}

impl Value {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}
