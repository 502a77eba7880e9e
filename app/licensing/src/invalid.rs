//! Validation errors: the field, and a message that says what is expected.

use serde::{Deserialize, Serialize};

/// Validation error of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the field as the sender wrote it, such as `activationCode` or `lease_default`.
    pub field: String,
    /// Message that says what is expected. Never repeats a secret.
    pub message: String,
}

impl FieldError {
    /// Creates the error `message` for `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// All invalid fields. Never empty when returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Invalid(pub Vec<FieldError>);

impl Invalid {
    /// Creates the error for a single field.
    pub fn one(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self(vec![FieldError::new(field, message)])
    }

    /// Adds an invalid field.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError::new(field, message));
    }

    /// Returns a valid value, or adds the error of `read` under `field`.
    pub fn keep<T, E: std::fmt::Display>(&mut self, field: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|e| self.add(field, e.to_string())).ok()
    }

    /// Returns `value` if there are no errors, otherwise all errors.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    fn sentence(&self) -> String {
        self.0.iter().map(|e| format!("{}: {}", e.field, e.message)).collect::<Vec<_>>().join("; ")
    }
}
