//! The members of an object in a request, read one by one, so that all errors are reported at once. Errors name their
//! members by JSON pointers (RFC 6901).

use std::{fmt::Display, ops::RangeInclusive};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::kind_of;
use crate::{Fingerprint, Invalid, sentence::thousands, span::LAST_MOMENT};

/// The members of an object. Those that are never read are errors, because they may be typing errors.
#[derive(Debug)]
pub struct Fields {
    members: Map<String, Value>,
    /// JSON pointer to the object.
    at: String,
    wrong: Invalid,
}

impl Fields {
    /// Reads the whole request.
    pub fn of(request: Value) -> Result<Self, Invalid> {
        match request {
            Value::Object(members) => Ok(Self::at(String::new(), members)),
            other => Err(Invalid::one("", format!("must be a JSON object, not {}", kind_of(&other)))),
        }
    }

    /// The members of an object at this JSON pointer.
    pub fn at(at: String, members: Map<String, Value>) -> Self {
        Self { members, at, wrong: Invalid::default() }
    }

    /// Adds an error of the member `name`.
    pub fn note(&mut self, name: &str, fault: impl Into<String>) {
        self.wrong.add(format!("{}/{name}", self.at), fault);
    }

    /// Adds errors, which name members by pointers.
    pub fn extend(&mut self, invalid: Invalid) {
        self.wrong.0.extend(invalid.0);
    }

    /// Returns `true` if the member was sent and not read yet.
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// The names of the members that were sent and not read yet.
    pub fn names(&self) -> Vec<String> {
        self.members.keys().cloned().collect()
    }

    /// Takes a member. `null` counts as absent.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// Notes that the member is missing if there is no value.
    pub fn need<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        // A member with an error has been noted already.
        let known = format!("{}/{name}", self.at);
        if value.is_none() && !self.wrong.0.iter().any(|error| error.field == known) {
            self.note(name, "is missing");
        }
        value
    }

    /// Reads a string.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            other => {
                self.note(name, format!("must be a string, not {}", kind_of(&other)));
                None
            }
        }
    }

    /// Reads a string that is not required; empty if it is absent.
    pub fn text_or_empty(&mut self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    /// Reads a string and parses it.
    pub fn parse<T, E: Display>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let text = self.text(name)?;
        read(&text).map_err(|error| self.note(name, error.to_string())).ok()
    }

    /// Reads an id.
    pub fn id(&mut self, name: &str) -> Option<Uuid> {
        self.parse(name, |text| text.parse::<Uuid>().map_err(|_| "must be an id, a UUID"))
    }

    /// Reads a fingerprint.
    pub fn fingerprint(&mut self, name: &str) -> Option<Fingerprint> {
        self.parse(name, Fingerprint::read)
    }

    /// Reads a time (RFC 3339).
    pub fn time(&mut self, name: &str) -> Option<DateTime<Utc>> {
        self.parse(name, read_time)
    }

    /// Reads a boolean; `false` if it is absent.
    pub fn flag(&mut self, name: &str) -> bool {
        match self.take(name) {
            None => false,
            Some(Value::Bool(on)) => on,
            Some(other) => {
                self.note(name, format!("must be true or false, not {}", kind_of(&other)));
                false
            }
        }
    }

    /// Reads a boolean, or its name in a query; `None` if it is absent.
    pub fn switch(&mut self, name: &str) -> Option<bool> {
        match self.take(name)? {
            Value::Bool(on) => Some(on),
            Value::String(text) if text == "true" => Some(true),
            Value::String(text) if text == "false" => Some(false),
            _ => {
                self.note(name, "must be true or false");
                None
            }
        }
    }

    /// Reads a whole number in these bounds.
    pub fn number<N>(&mut self, name: &str, bounds: RangeInclusive<N>) -> Option<N>
    where
        N: Copy + PartialOrd + TryFrom<u64> + TryInto<u64>,
    {
        let number = self.take(name)?.as_u64().and_then(|number| N::try_from(number).ok());
        let number = number.filter(|number| bounds.contains(number));
        if number.is_none() {
            let [least, most] =
                [*bounds.start(), *bounds.end()].map(|end| thousands(end.try_into().unwrap_or_default()));
            self.note(name, format!("must be a whole number from {least} to {most}"));
        }
        number
    }

    /// Reads an object of any members.
    pub fn map(&mut self, name: &str) -> Option<Map<String, Value>> {
        match self.take(name)? {
            Value::Object(members) => Some(members),
            other => {
                self.note(name, format!("must be an object, not {}", kind_of(&other)));
                None
            }
        }
    }

    /// Reads an array.
    pub fn list(&mut self, name: &str) -> Option<Vec<Value>> {
        match self.take(name)? {
            Value::Array(values) => Some(values),
            other => {
                self.note(name, format!("must be an array, not {}", kind_of(&other)));
                None
            }
        }
    }

    /// JSON pointer to a member.
    pub fn pointer(&self, name: &str) -> String {
        format!("{}/{name}", self.at)
    }

    /// Ends the reading: notes every member that was not read.
    ///
    /// # Errors
    /// All errors found.
    pub fn end(mut self) -> Result<(), Invalid> {
        for name in std::mem::take(&mut self.members).into_iter().map(|(name, _)| name) {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            self.note(&escaped, "is not a member of this request");
        }
        self.wrong.or(())
    }
}

/// Reads a time (RFC 3339).
pub fn read_time(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let read = DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc));
    let range = DateTime::UNIX_EPOCH..=LAST_MOMENT;
    read.ok().filter(|at| range.contains(at)).ok_or("must be a time such as 2027-03-01T12:00:00Z")
}
