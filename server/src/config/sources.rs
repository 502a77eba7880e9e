//! Where settings come from.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use super::{Wrong, given::Given};

/// The variable that names the file of settings.
pub(super) const FILE: &str = "LATCHKEY_CONFIG";
/// How variables begin that are settings.
pub(super) const PREFIX: &str = "LATCHKEY_";
/// Variables of the project's own scripts, which may surround the server and are none of its business.
const SCRIPTS: [&str; 2] = ["LATCHKEY_CACHE", "LATCHKEY_TEST_"];

/// What was given, in the order in which one stands above the other.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The operator's file: its name and its text.
    pub file: Option<(PathBuf, String)>,
    /// Variables of the environment that begin with `LATCHKEY_`.
    pub variables: Vec<(String, String)>,
}

impl Sources {
    /// The environment of this process, and the file that `LATCHKEY_CONFIG` names; without it, `latchkey.toml` in the data
    /// folder or else in the working folder.
    pub(super) fn of_process() -> Result<Self, Wrong> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let all = std::env::vars_os();
        let variables = all.filter_map(ours).collect::<Result<Vec<_>, _>>().map_err(|one| Wrong(vec![one]))?;
        let named = variables.iter().find(|(name, path)| name == FILE && !path.trim().is_empty());
        let named = named.map(|(_, path)| PathBuf::from(path));
        let variables = variables.into_iter().filter(|(name, _)| name != FILE).collect();
        let mut sources = Self { file: None, variables };
        let candidates = match &named {
            Some(path) => vec![path.clone()],
            None => vec![sources.data_dir().join("latchkey.toml"), PathBuf::from("latchkey.toml")],
        };
        for path in candidates {
            match fs::read_to_string(&path) {
                Ok(text) => {
                    sources.file = Some((path, text));
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {}
                Err(error) => return Err(Wrong(vec![format!("{} cannot be read: {error}.", path.display())])),
            }
        }
        Ok(sources)
    }

    /// The data folder, as far as it is known before a file is read.
    fn data_dir(&self) -> PathBuf {
        let given = Given::new(self);
        Path::new(given.text("data_dir")).to_owned()
    }
}

/// A variable of ours as text.
fn ours((name, value): (OsString, OsString)) -> Option<Result<(String, String), String>> {
    let name = name.into_string().ok().filter(|name| name.starts_with(PREFIX))?;
    if SCRIPTS.iter().any(|script| name.starts_with(script)) {
        return None;
    }
    Some(value.into_string().map_err(|_| format!("{name} is not UTF-8.")).map(|value| (name, value)))
}
