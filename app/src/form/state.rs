//! What the fields of a form ask it.

use leptos::prelude::*;
use serde::de::{DeserializeOwned, value::MapDeserializer};

use super::submitted::{Submitted, is_secret};
use crate::Error;

/// The form around a field. Every field reads it from context.
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

    /// The id of the field's control in the page; its hint and its error have this with `-hint` and `-error`.
    pub fn control(&self, name: &str) -> String {
        self.id.with_value(|form| format!("{form}-{name}"))
    }

    /// What was typed before, or `value`. Nothing for a secret.
    pub fn value(&self, name: &str, value: String) -> String {
        if is_secret(name) {
            return String::new();
        }
        let sent = self.sent.with_value(|all| all.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()));
        sent.unwrap_or(value)
    }

    /// The whole of what was typed before, where the form was refused.
    pub fn sent<T: DeserializeOwned>(&self) -> Option<T> {
        let sent = self.sent.get_value();
        let fields = MapDeserializer::<_, serde::de::value::Error>::new(sent.into_iter());
        self.error.with_value(Option::is_some).then(|| T::deserialize(fields).ok()).flatten()
    }

    /// Whether `value` was among what was chosen for `name`; `chosen` where nothing was sent yet.
    pub fn is_chosen(&self, name: &str, value: &str, chosen: bool) -> bool {
        self.sent.with_value(|all| match all.is_empty() {
            true => chosen,
            false => all.iter().any(|(n, v)| n == name && v == value),
        })
    }

    /// The message at the field, as a sentence: one that starts small begins with the field's label.
    pub fn message(&self, name: &str) -> Option<String> {
        self.error.with_value(|error| match error {
            Some(Error::Invalid(fields)) => {
                fields.iter().find(|it| it.field == name).map(|it| sentence(&self.label(name), &it.message))
            }
            _ => None,
        })
    }

    /// Why the form was refused.
    pub fn error(&self) -> Option<Error> {
        self.error.get_value()
    }

    /// Notes what the field is called, for the summary.
    pub(crate) fn enter(&self, name: &'static str, label: &str) {
        self.labels.update_value(|all| all.push((name, label.to_owned())));
    }

    /// Where the field of that name stands among the others, if the form has it.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.labels.with_value(|all| all.iter().position(|(n, _)| *n == name))
    }

    /// What the field is called.
    pub(super) fn label(&self, name: &str) -> String {
        let label = self.labels.with_value(|all| all.iter().find(|(n, _)| *n == name).map(|(_, l)| l.clone()));
        label.unwrap_or_else(|| name.replace('_', " "))
    }
}

fn sentence(label: &str, message: &str) -> String {
    let said = match message.chars().next() {
        Some(first) if first.is_lowercase() => format!("{label} {message}"),
        _ => message.to_owned(),
    };
    if said.ends_with(['.', '!', '?']) { said } else { format!("{said}.") }
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
