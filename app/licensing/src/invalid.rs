//! Input that breaks a bound: which field, and a sentence that says what would be good.

use serde::{Deserialize, Serialize};

/// One field that is not good, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name as the sender wrote it, such as `activationCode` or `lease_default`.
    pub field: String,
    /// A sentence that says what would be good. Never repeats a secret.
    pub message: String,
}

impl FieldError {
    /// The error `message` at `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Every field that is not good, all at once. Never empty where it is returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Invalid(pub Vec<FieldError>);

impl Invalid {
    /// A single bad field.
    pub fn one(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self(vec![FieldError::new(field, message)])
    }

    /// Adds a bad field.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError::new(field, message));
    }

    /// Notes the error of `read` under `field`, and passes a good value on.
    pub fn keep<T, E: std::fmt::Display>(&mut self, field: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|e| self.add(field, e.to_string())).ok()
    }

    /// `value` if nothing was noted, else everything that was.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    fn sentence(&self) -> String {
        self.0.iter().map(|e| format!("{}: {}", e.field, e.message)).collect::<Vec<_>>().join("; ")
    }
}
