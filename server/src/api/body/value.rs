//! JSON values, as far as request bodies need them.

use serde_json::Number;

/// JSON value. No member that we read is a list or an object, so those are checked but not kept.
#[derive(Debug)]
pub(super) enum Value {
    Null,
    Boolean,
    Number(Number),
    Text(String),
    List,
    Object,
}

impl Value {
    /// Returns the kind, as the end of a sentence.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List => "an array",
            Self::Object => "an object",
        }
    }
}
