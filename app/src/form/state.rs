//! The state of a form, for its fields.

use leptos::prelude::*;
use serde::de::{DeserializeOwned, value::MapDeserializer};

use super::submitted::{Submitted, is_secret};
use crate::Error;

/// The state of the form around a field. Fields read it from context.
#[derive(Clone, Copy)]
pub struct FormState {
    id: StoredValue<String>,
    sent: StoredValue<Vec<(String, String)>>,
    labels: StoredValue<Vec<(&'static str, String)>>,
    error: StoredValue<Option<Error>>,
}

impl FormState {
    pub(super) fn new(id: String, sent: Option<Submitted>) -> Self {
        let (sent, error) = sent.map(|it| (it.values, it.error)).unzip();
        Self {
            id: StoredValue::new(id),
            sent: StoredValue::new(sent.unwrap_or_default()),
            labels: StoredValue::default(),
            error: StoredValue::new(error),
        }
    }

    /// The id of the field's control. Its hint and its error have this id with `-hint` and `-error`.
    pub fn control(&self, name: &str) -> String {
        self.id.with_value(|form| format!("{form}-{name}"))
    }

    /// The value that was sent, or `value` if there is none. Always empty for a secret.
    pub fn value(&self, name: &str, value: String) -> String {
        if is_secret(name) {
            return String::new();
        }
        let sent = self.sent.with_value(|all| all.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()));
        sent.unwrap_or(value)
    }

    /// All sent values, if the form was refused.
    pub fn sent<T: DeserializeOwned>(&self) -> Option<T> {
        let sent = self.sent.get_value();
        let fields = MapDeserializer::<_, serde::de::value::Error>::new(sent.into_iter());
        self.error.with_value(Option::is_some).then(|| T::deserialize(fields).ok()).flatten()
    }

    /// `true` if `value` was chosen for `name`; `chosen` if nothing was sent yet.
    pub fn is_chosen(&self, name: &str, value: &str, chosen: bool) -> bool {
        self.sent.with_value(|all| match all.is_empty() {
            true => chosen,
            false => all.iter().any(|(n, v)| n == name && v == value),
        })
    }

    /// The message at the field, as a sentence: one that starts in lower case gets the field's label in front.
    pub fn message(&self, name: &str) -> Option<String> {
        self.error.with_value(|error| match error {
            Some(Error::Invalid(fields)) => {
                fields.iter().find(|it| it.field == name).map(|it| sentence(&self.label(name), &it.message))
            }
            _ => None,
        })
    }

    /// The reason why the form was refused.
    pub fn error(&self) -> Option<Error> {
        self.error.get_value()
    }

    /// Registers the field's label, for the summary.
    pub(crate) fn register_field(&self, name: &'static str, label: &str) {
        self.labels.update_value(|all| all.push((name, label.to_owned())));
    }

    /// The field's position in the form; `None` if the form has no such field.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.labels.with_value(|all| all.iter().position(|(n, _)| *n == name))
    }

    /// The field's label.
    pub(super) fn label(&self, name: &str) -> String {
        let label = self.labels.with_value(|all| all.iter().find(|(n, _)| *n == name).map(|(_, l)| l.clone()));
        label.unwrap_or_else(|| name.replace('_', " "))
    }
}

fn sentence(label: &str, message: &str) -> String {
    let sentence = match message.chars().next() {
        Some(first) if first.is_lowercase() => format!("{label} {message}"),
        _ => message.to_owned(),
    };
    if sentence.ends_with(['.', '!', '?']) { sentence } else { format!("{sentence}.") }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn a_message_becomes_a_sentence() {
        assert_eq!(sentence("Name", "must not be empty"), "Name must not be empty.");
        assert_eq!(sentence("Name", "Try a shorter one."), "Try a shorter one.");
    }
}
