//! JSON (RFC 8259), strictly: invalid UTF-8, lone surrogates and what follows the object are refused; a name that comes
//! twice is noticed at every depth; nothing is nested deeper than 32 levels.

use std::{collections::HashSet, fmt};

use licensing::Invalid;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::Members;

/// How deep values may be nested, the object itself included.
const DEEPEST: u8 = 32;

/// A value. No member that we read is a list or an object, so that these are checked and not kept.
#[derive(Debug)]
pub(super) enum Value {
    Null,
    Boolean,
    Number(Number),
    Text(String),
    List,
    Object,
}

/// Reads the members of a JSON object. Faults of single members are noted with them; an error means that nothing can be
/// read.
pub(super) fn read(bytes: &[u8]) -> Result<Members, Invalid> {
    let mut read = Reading::default();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let found = Node { depth: 1, read: &mut read }.deserialize(&mut json).and_then(|value| {
        json.end()?;
        Ok(value)
    });
    match found {
        Ok(Value::Object) => Ok(read.members),
        Ok(_) => Err(Invalid::one("body", "is not a JSON object: send {\"activationCode\": …, \"fingerprint\": …}")),
        Err(error) => Err(Invalid::one(read.at.as_deref().unwrap_or("body"), format!("is not good JSON: {error}"))),
    }
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    members: Members,
    /// The member of the outermost object that is being read.
    at: Option<String>,
}

/// The value at some depth.
struct Node<'a> {
    depth: u8,
    read: &'a mut Reading,
}

impl Node<'_> {
    fn inside(&mut self) -> Node<'_> {
        Node { depth: self.depth + 1, read: self.read }
    }

    fn check_depth<E: Error>(&self) -> Result<(), E> {
        if self.depth > DEEPEST { Err(E::custom(format!("nested deeper than {DEEPEST} levels"))) } else { Ok(()) }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
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
            let value = object.next_value_seed(self.inside())?;
            if !names.insert(name.clone()) {
                let member = self.read.at.clone().unwrap_or_default();
                self.read.members.note(&member, if outermost { "is there twice" } else { "has a name twice" });
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
