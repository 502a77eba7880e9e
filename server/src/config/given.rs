//! Merges the sources of the settings, as text, before they are parsed.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::{
    sources::{DEFAULTS, FILE, PREFIX, Sources},
    unknown::{is_service_link, meant, variable},
    wrong::Wrong,
};

/// Text of a setting, and its source.
#[derive(Clone)]
struct GivenValue {
    text: String,
    /// The source as it begins a sentence: `LATCHKEY_LISTEN`, `listen in /etc/latchkey.toml`.
    by: String,
}

impl GivenValue {
    /// Overrides the value with that of another source. A value equal to the current one changes nothing, so that a
    /// copy of all defaults keeps the sources. Neither does an empty one: deployment tools write `NAME=` for a value
    /// that was not filled in.
    fn lay(&mut self, given: Text, by: String) {
        if let Some(text) = given.set().filter(|text| *text != self.text) {
            *self = Self { text, by };
        }
    }
}

/// Value from a source.
enum Text {
    One(String),
    /// Members of a list, joined by commas. An empty list is a value, unlike an empty string.
    List(String),
}

impl Text {
    fn set(self) -> Option<String> {
        match self {
            Self::One(text) => Some(text).filter(|text| !text.trim().is_empty()),
            Self::List(texts) => Some(texts),
        }
    }
}

/// All settings as text, and the errors found so far.
pub(super) struct Given {
    given: BTreeMap<String, GivenValue>,
    /// Settings of each `[[oidc]]` table, by name.
    providers: Vec<BTreeMap<String, GivenValue>>,
    sealing_key: Option<String>,
    client_secret: Option<String>,
    wrong: Vec<String>,
    warnings: Vec<String>,
    read: BTreeSet<&'static str>,
}

/// Variables that have no counterpart in the file.
pub(super) const SEALING_KEY: &str = "LATCHKEY_SEALING_KEY";
pub(super) const CLIENT_SECRET: &str = "LATCHKEY_OIDC_CLIENT_SECRET";
/// Name of the tables of identity providers, and the prefix of the settings of one that has no table.
const PROVIDERS: &str = "oidc";
const PROVIDER: &str = "oidc_";

/// Settings of one identity provider.
pub(super) struct Fields {
    given: BTreeMap<String, GivenValue>,
    wrong: Vec<String>,
}

impl Fields {
    /// Parses a setting, as [`Given::read`] does.
    pub(super) fn read<T>(&mut self, key: &'static str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let given = self.given.get(key)?;
        let wrong = |error| self.wrong.push(format!("{} is “{}”: {error}.", given.by, given.text));
        read(given.text.trim()).map_err(wrong).ok()
    }
}

impl Given {
    pub(super) fn new(sources: &Sources) -> Self {
        let mut given = Self {
            given: BTreeMap::new(),
            providers: Vec::new(),
            sealing_key: None,
            client_secret: None,
            wrong: Vec::new(),
            warnings: Vec::new(),
            read: BTreeSet::new(),
        };
        for (key, value) in parse("the embedded defaults", DEFAULTS, &mut given.wrong) {
            if let Some(Text::One(text) | Text::List(text)) = as_text(&value) {
                given.given.insert(key.clone(), GivenValue { text, by: format!("the default of `{key}`") });
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
            if key == PROVIDERS {
                self.lay_providers(name, value);
                continue;
            }
            let by = format!("`{key}` in {name}");
            match (self.given.get_mut(&key), as_text(&value)) {
                (None, _) => {
                    let meant = meant(&key, self.given.keys().map(String::as_str));
                    let meant = meant.map(|setting| format!(": did you mean `{setting}`?"));
                    self.wrong.push(format!("{by} is not a Latchkey setting{}", meant.as_deref().unwrap_or(".")));
                }
                (Some(_), None) => self.wrong.push(format!("{by} must be a string, a number or a list of them.")),
                (Some(given), Some(text)) => given.lay(text, by),
            }
        }
    }

    fn lay_providers(&mut self, name: &str, value: Value) {
        let Value::Array(tables) = value else {
            self.wrong.push(format!("`{PROVIDERS}` in {name} must be a list of tables, each under [[{PROVIDERS}]]."));
            return;
        };
        for (n, table) in (1..).zip(tables) {
            let mut given = self.providers_defaults();
            for (key, value) in table.as_table().into_iter().flatten() {
                let by = format!("`{key}` in [[{PROVIDERS}]] {n} of {name}");
                match (given.get_mut(key), as_text(value)) {
                    (None, _) => {
                        let meant = meant(key, given.keys().map(String::as_str));
                        let meant = meant.map(|setting| format!(": did you mean `{setting}`?"));
                        self.wrong.push(format!("{by} is not a Latchkey setting{}", meant.as_deref().unwrap_or(".")));
                    }
                    (Some(_), None) => self.wrong.push(format!("{by} must be a string, a number or a list of them.")),
                    (Some(given), Some(text)) => given.lay(text, by),
                }
            }
            self.providers.push(given);
        }
    }

    /// Returns the default settings of a provider.
    fn providers_defaults(&self) -> BTreeMap<String, GivenValue> {
        let own =
            self.given.iter().filter_map(|(key, given)| Some((key.strip_prefix(PROVIDER)?.to_owned(), given.clone())));
        own.collect()
    }

    /// Takes the settings of each provider: of the one without a table, if it has an issuer, and of each table. A
    /// client secret from the environment belongs to the former.
    pub(super) fn providers(&mut self) -> Vec<Fields> {
        let own: Vec<(String, GivenValue)> = self
            .given
            .iter()
            .filter(|(key, _)| key.starts_with(PROVIDER))
            .map(|(key, given)| (key.clone(), given.clone()))
            .collect();
        let named = own.iter().any(|(key, given)| key == "oidc_issuer" && !given.text.is_empty());
        if !named {
            let idle = own.iter().filter(|(key, given)| !given.by.starts_with("the default") && key != "oidc_issuer");
            let idle = idle
                .map(|(_, given)| given.by.clone())
                .chain(self.client_secret.is_some().then(|| CLIENT_SECRET.to_owned()));
            self.wrong.extend(idle.map(|by| format!("{by} has no effect without LATCHKEY_OIDC_ISSUER.")));
        }
        let own = named.then(|| {
            own.into_iter().filter_map(|(key, given)| Some((key.strip_prefix(PROVIDER)?.to_owned(), given))).collect()
        });
        self.given.retain(|key, _| !key.starts_with(PROVIDER));
        let tables = std::mem::take(&mut self.providers);
        own.into_iter().chain(tables).map(|given| Fields { given, wrong: Vec::new() }).collect()
    }

    /// Adds the errors found in a provider's settings.
    pub(super) fn learn(&mut self, fields: Fields) {
        self.wrong.extend(fields.wrong);
    }

    /// Records an error in how settings combine; a whole sentence.
    pub(super) fn complain(&mut self, sentence: String) {
        self.wrong.push(sentence);
    }

    fn lay_variable(&mut self, name: &str, value: &str) {
        if value.trim().is_empty() {
            return;
        }
        if name == CLIENT_SECRET {
            self.client_secret = Some(value.to_owned());
            if unquoted(value).is_some() {
                self.warnings.push(format!(
                    "{name} begins and ends with a quotation mark; both are taken as part of the secret"
                ));
            }
            return;
        }
        // Docker's `--env-file` and Kubernetes pass quotation marks on, and no setting needs them.
        let value = unquoted(value).unwrap_or(value);
        if name == SEALING_KEY {
            self.sealing_key = Some(value.to_owned());
            return;
        }
        let key = name.strip_prefix(PREFIX).filter(|key| !key.contains(|c: char| c.is_lowercase()));
        if let Some(given) = key.and_then(|key| self.given.get_mut(&key.to_lowercase())) {
            given.lay(in_brackets(value).unwrap_or_else(|| Text::One(value.to_owned())), name.to_owned());
        } else if !is_service_link(name, value) {
            self.lay_unknown(name);
        }
    }

    /// Rejects a variable whose name looks like a misspelled setting. One that resembles no setting belongs to another
    /// program or another version of this server, and must not keep this one from starting.
    fn lay_unknown(&mut self, name: &str) {
        let others = [SEALING_KEY, CLIENT_SECRET, FILE].map(|name| name.trim_start_matches(PREFIX).to_lowercase());
        let settings = self.given.keys().chain(&others).map(String::as_str);
        match meant(name.trim_start_matches(PREFIX), settings).map(variable) {
            Some(setting) => self.wrong.push(format!("{name} is not a Latchkey setting: did you mean {setting}?")),
            None => self.warnings.push(format!("{name} is not a Latchkey setting and is ignored")),
        }
    }

    /// Returns the text of a setting; empty if the setting does not exist.
    pub(super) fn text(&self, key: &str) -> &str {
        self.given.get(key).map_or("", |given| &given.text)
    }

    /// Parses a setting. The error of `read` ends a sentence: "… is “x”: {error}."
    pub(super) fn read<T>(&mut self, key: &'static str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let shown = format!(" is “{}”", self.text(key));
        self.read_showing(key, &shown, read)
    }

    /// Parses a setting that may hold a secret: its value is not repeated in the error.
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
        let given = self.given.get(key)?;
        read(given.text.trim()).map_err(|error| self.wrong.push(format!("{}{shown}: {error}.", given.by))).ok()
    }

    /// Parses the sealing key from the environment, if it is set.
    pub(super) fn sealing_key<T>(&mut self, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.sealing_key.take()?;
        read(&text).map_err(|error| self.wrong.push(format!("{SEALING_KEY}: {error}."))).ok()
    }

    /// Parses the client secret from the environment, if it is set.
    pub(super) fn client_secret<T>(&mut self, read: impl FnOnce(&str) -> Result<Option<T>, String>) -> Option<T> {
        let text = self.client_secret.take()?;
        read(&text).map_err(|error| self.wrong.push(format!("{CLIENT_SECRET}: {error}."))).ok().flatten()
    }

    /// Returns what `config` builds from the warnings, unless there were errors.
    pub(super) fn finish<T>(mut self, config: impl FnOnce(Vec<String>) -> Option<T>) -> Result<T, Wrong> {
        let unread = self.given.keys().filter(|key| !self.read.contains(key.as_str()));
        self.wrong.extend(unread.map(|key| format!("`{key}` is a setting that is never read.")));
        match config(self.warnings) {
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

fn as_text(value: &Value) -> Option<Text> {
    match value {
        Value::String(text) => Some(Text::One(text.clone())),
        Value::Integer(number) => Some(Text::One(number.to_string())),
        Value::Boolean(yes) => Some(Text::One(if *yes { "on" } else { "off" }.to_owned())),
        Value::Array(all) => {
            let member = |value: &Value| match value {
                Value::String(text) => Some(text.clone()),
                Value::Integer(number) => Some(number.to_string()),
                _ => None,
            };
            let texts: Option<Vec<String>> = all.iter().map(member).collect();
            texts.map(|texts| Text::List(texts.join(",")))
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}

/// Parses a variable's value that is written as a list in TOML: `["10.0.0.0/8", "::1"]`.
fn in_brackets(value: &str) -> Option<Text> {
    let table: Table = format!("list = {}", value.trim().strip_prefix('[').map(|_| value.trim())?).parse().ok()?;
    table.get("list").and_then(as_text)
}

/// Returns the text between a pair of quotation marks, or `None` if there is none.
fn unquoted(value: &str) -> Option<&str> {
    let value = value.trim();
    ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))
}
