//! The data folder and its sealing key.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use service::SealingKey;
use store::Found;

use crate::Config;

#[cfg(test)]
mod tests;

/// Error of the data folder. Each message is a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The folder or a file in it cannot be used.
    #[error("{path} cannot be used: {error}")]
    Unusable {
        /// Path of the folder or file.
        path: PathBuf,
        /// Error of the system.
        error: io::Error,
    },
    /// Every user of this machine can read or write the key.
    #[error(
        "everyone on this machine can read the sealing key in {0}: run `chmod 600 {0}` and consider who may have read \
         it, or set the key in LATCHKEY_SEALING_KEY if file modes cannot be changed"
    )]
    OpenKey(PathBuf),
    /// Other users can read or change the database.
    #[error("other users can read the database: run `chmod 600 {0}` (and `{0}-wal`, `{0}-shm`, if they exist)")]
    OpenDatabase(PathBuf),
    /// There is a key, but the database is empty.
    #[error(
        "there is a sealing key ({key}), but the database ({database}) is empty: restore the database, or correct its \
         address; for a new server with an existing key, set LATCHKEY_NEW_DATABASE=on for the first start"
    )]
    LostDatabase {
        /// Place of the key.
        key: String,
        /// Place of the database.
        database: String,
    },
    /// The database cannot be inspected.
    #[error(transparent)]
    Database(#[from] store::OpenError),
    /// The file does not contain a key.
    #[error("{0} does not contain a sealing key (32 bytes in base64): replace it with the right one")]
    NoKey(PathBuf),
    /// There is a database, but its key is missing.
    #[error("there is a database at {database}, but no sealing key at {key}: restore the key that encrypted it")]
    LostKey {
        /// Place of the database.
        database: String,
        /// Expected place of the key.
        key: PathBuf,
    },
    /// The system provides no random bytes.
    #[error("a sealing key cannot be created: {0}")]
    NoRandomness(service::Error),
}

/// The sealing key, or the path at which to create it.
#[derive(Debug)]
pub struct Key(Place);

#[derive(Debug)]
enum Place {
    Found(SealingKey),
    New(PathBuf),
}

impl Key {
    /// Returns the key, or creates it. Call this once the database is open, so that a first start that fails earlier
    /// leaves no key behind.
    ///
    /// # Errors
    /// Returns an error if the key cannot be created.
    pub fn get(self) -> Result<SealingKey, DataError> {
        match self.0 {
            Place::Found(key) => Ok(key),
            Place::New(path) => {
                write_key(&path)?;
                // Read it back, since another process may have been faster.
                read_key(&path)?.ok_or(DataError::NoKey(path))
            }
        }
    }
}

/// Creates the data folder, readable only by its owner, and finds the sealing key in the environment or in the file.
/// Inspects the database before anything is created, so that neither a database gets a new key nor a key a new database
/// by accident.
///
/// # Errors
/// Returns an error if something is missing or accessible to others; nothing that existed before was changed.
pub async fn prepare(config: &Config) -> Result<Key, DataError> {
    let folder = &config.data_dir;
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unusable(folder))?;
    let file = config.database_url.sqlite_file();
    if let Some(file) = &file {
        is_private(file)?;
    }
    let database = || file.as_ref().map_or("PostgreSQL".to_owned(), |file| file.display().to_string());
    let found = match &config.sealing_key {
        Some(key) => Some((key.clone(), "LATCHKEY_SEALING_KEY".to_owned())),
        None => read_key(&config.sealing_key_file)?.map(|key| (key, config.sealing_key_file.display().to_string())),
    };
    let key = match (store::look(config.database_url.as_str()).await?, found) {
        (Found::Nothing, Some((_, key))) if !config.new_database => {
            return Err(DataError::LostDatabase { key, database: database() });
        }
        (_, Some((key, _))) => Place::Found(key),
        (Found::InUse, None) => {
            return Err(DataError::LostKey { database: database(), key: config.sealing_key_file.clone() });
        }
        (Found::Nothing | Found::Begun, None) => Place::New(config.sealing_key_file.clone()),
    };
    if let Some(file) = file {
        // SQLite creates its other files with the permissions of this one.
        private().create(true).truncate(false).open(&file).map_err(unusable(&file))?;
    }
    Ok(Key(key))
}

/// Returns an error if other users can read or change the database file, or its write-ahead log: after a crash the log
/// holds changes that the file lacks.
fn is_private(file: &Path) -> Result<(), DataError> {
    for end in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        // A missing file will be created; other errors are reported when it is opened.
        if Path::new(&name).metadata().is_ok_and(|found| found.mode() & 0o007 != 0) {
            return Err(DataError::OpenDatabase(file.to_owned()));
        }
    }
    Ok(())
}

fn read_key(path: &Path) -> Result<Option<SealingKey>, DataError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(path)(error)),
    };
    let mode = file.metadata().map_err(unusable(path))?.mode();
    if mode & 0o007 != 0 {
        return Err(DataError::OpenKey(path.to_owned()));
    }
    // Kubernetes restores the group's permissions at each mount (`fsGroup`), so `chmod` would not last.
    if mode & 0o070 != 0 {
        tracing::warn!(
            path = %path.display(),
            "the group of this file can use the sealing key: run `chmod 600`, or if the mode does not last \
             (Kubernetes’ fsGroup) keep others out of the group or set the key in LATCHKEY_SEALING_KEY"
        );
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|_| DataError::NoKey(path.to_owned()))?;
    SealingKey::read(&text).map(Some).map_err(|_| DataError::NoKey(path.to_owned()))
}

/// Writes a new key to a temporary file and links it into place, whole, unless there is one already.
fn write_key(path: &Path) -> Result<(), DataError> {
    let key = SealingKey::generate().map_err(DataError::NoRandomness)?;
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", std::process::id()));
    let draft = PathBuf::from(draft);
    let mut file = private().create_new(true).open(&draft).map_err(unusable(&draft))?;
    let written = file.write_all(format!("{}\n", key.to_text()).as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    let removed = fs::remove_file(&draft);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = || File::open(folder)?.sync_all();
    linked.and(removed).and_then(|()| synced()).map_err(unusable(path))
}

/// Options for a file that only its owner can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

fn unusable(path: &Path) -> impl FnOnce(io::Error) -> DataError {
    let path = path.to_owned();
    move |error| DataError::Unusable { path, error }
}
