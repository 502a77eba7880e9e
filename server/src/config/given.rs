//! What each source says, one above the other, before anything is read.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::{DEFAULTS, Sources, Wrong, sources::PREFIX};

/// The text of a setting, and who gave it.
struct Said {
    text: String,
    /// As a sentence begins: `LATCHKEY_LISTEN`, `listen in /etc/latchkey.toml`.
    by: String,
}

/// Every setting as text, and what was found wrong so far.
pub(super) struct Given {
    said: BTreeMap<String, Said>,
    sealing_key: Option<String>,
    wrong: Vec<String>,
    read: BTreeSet<&'static str>,
}

/// The one variable that is no setting of the file.
pub(super) const SEALING_KEY: &str = "LATCHKEY_SEALING_KEY";

impl Given {
    pub(super) fn new(sources: &Sources) -> Self {
        let mut given = Self { said: BTreeMap::new(), sealing_key: None, wrong: Vec::new(), read: BTreeSet::new() };
        for (key, value) in parse("the embedded defaults", DEFAULTS, &mut given.wrong) {
            if let Some(text) = as_text(&value) {
                given.said.insert(key.clone(), Said { text, by: format!("the default of `{key}`") });
            }
        }
        if let Some((path, text)) = &sources.file {
            given.lay_file(&path.display().to_string(), text);
        }
        for (name, value) in &sources.variables {
            given.lay_variable(name, value);
        }
        given
    }

    fn lay_file(&mut self, name: &str, text: &str) {
        for (key, value) in parse(name, text, &mut self.wrong) {
            let by = format!("`{key}` in {name}");
            match (self.said.get_mut(&key), as_text(&value)) {
                (None, _) => self.wrong.push(format!("{by} is no setting of Latchkey’s.")),
                (Some(_), None) => self.wrong.push(format!("{by} must be a text, a number or a list of texts.")),
                (Some(said), Some(text)) => *said = Said { text, by },
            }
        }
    }

    fn lay_variable(&mut self, name: &str, value: &str) {
        if name == SEALING_KEY {
            self.sealing_key = Some(value.to_owned());
            return;
        }
        let key = name.strip_prefix(PREFIX).filter(|key| !key.contains(|c: char| c.is_lowercase()));
        match key.and_then(|key| self.said.get_mut(&key.to_lowercase())) {
            Some(said) => *said = Said { text: value.to_owned(), by: name.to_owned() },
            None => self.wrong.push(format!("{name} is no setting of Latchkey’s.")),
        }
    }

    /// What was said of a setting; nothing of one that does not exist.
    pub(super) fn text(&self, key: &str) -> &str {
        self.said.get(key).map_or("", |said| &said.text)
    }

    /// Reads a setting. The error of `read` ends a sentence: "… is “x”: {error}."
    pub(super) fn read<T>(&mut self, key: &'static str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let shown = format!(" is “{}”", self.text(key));
        self.read_showing(key, &shown, read)
    }

    /// Reads a setting that may hold a secret, and so is not repeated in the error.
    pub(super) fn secret<T>(&mut self, key: &'static str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        self.read_showing(key, "", read)
    }

    fn read_showing<T>(
        &mut self,
        key: &'static str,
        shown: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.read.insert(key);
        let said = self.said.get(key)?;
        read(said.text.trim()).map_err(|error| self.wrong.push(format!("{}{shown}: {error}.", said.by))).ok()
    }

    /// Reads the sealing key of the environment, if there is one.
    pub(super) fn sealing_key<T>(&mut self, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.sealing_key.take()?;
        read(&text).map_err(|error| self.wrong.push(format!("{SEALING_KEY}: {error}."))).ok()
    }

    /// What `config` made of it, unless something was wrong.
    pub(super) fn finish<T>(mut self, config: Option<T>) -> Result<T, Wrong> {
        let unread = self.said.keys().filter(|key| !self.read.contains(key.as_str()));
        self.wrong.extend(unread.map(|key| format!("`{key}` is a setting that nobody reads.")));
        match config {
            Some(config) if self.wrong.is_empty() => Ok(config),
            _ => Err(Wrong(self.wrong)),
        }
    }
}

fn parse(name: &str, text: &str, wrong: &mut Vec<String>) -> Table {
    text.parse().unwrap_or_else(|error: toml::de::Error| {
        let line =
            error.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.lines().count().max(1));
        wrong.push(format!("{name} is not TOML: line {line}: {}.", error.message().trim_end_matches('.')));
        Table::new()
    })
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(yes) => Some(if *yes { "on" } else { "off" }.to_owned()),
        Value::Array(all) => {
            let texts: Option<Vec<&str>> = all.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}
