//! Sources of the settings of this process.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    given::Given,
    sources::{FILE, PREFIX, Sources},
    wrong::Wrong,
};

/// Variables of the project's own scripts. They may be set around the server and are ignored.
const SCRIPTS: [&str; 2] = ["LATCHKEY_CACHE", "LATCHKEY_TEST_"];

impl Sources {
    /// Reads this process's environment, and the file that `LATCHKEY_CONFIG` names; without it, `latchkey.toml` in the
    /// data folder, or else in the working directory.
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

    /// Returns the data folder as far as it is known before a file is read.
    fn data_dir(&self) -> PathBuf {
        let given = Given::new(self);
        Path::new(given.text("data_dir")).to_owned()
    }
}

/// Returns a variable of ours as text; an error if it is not UTF-8.
fn ours((name, value): (OsString, OsString)) -> Option<Result<(String, String), String>> {
    let name = name.into_string().ok().filter(|name| name.starts_with(PREFIX))?;
    if SCRIPTS.iter().any(|script| name.starts_with(script)) {
        return None;
    }
    Some(value.into_string().map_err(|_| format!("{name} is not UTF-8.")).map(|value| (name, value)))
}
