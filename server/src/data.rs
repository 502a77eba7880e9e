//! The data folder, and the sealing key in it.

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

/// Why the data folder will not do. Each is a sentence for whoever starts the server.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The folder or a file in it.
    #[error("{path} cannot be used: {error}")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Everybody on this machine may read or write the key.
    #[error(
        "everybody on this machine may read the sealing key in {0}: run `chmod 600 {0}` and consider who may have read \
         it, or give the key in LATCHKEY_SEALING_KEY where the mode of files cannot be set"
    )]
    OpenKey(PathBuf),
    /// Others may read or change the database.
    #[error("others may read the database: run `chmod 600 {0}` (and `{0}-wal`, `{0}-shm`, where they are there)")]
    OpenDatabase(PathBuf),
    /// There is a key, and an empty database.
    #[error(
        "there is a sealing key ({key}), but the database ({database}) is empty: put the database back, or correct its \
         address; for a new server whose key was made beforehand, set LATCHKEY_NEW_DATABASE=on for the first start"
    )]
    LostDatabase {
        /// Where the key is.
        key: String,
        /// Where the database should be.
        database: String,
    },
    /// The database cannot be looked at.
    #[error(transparent)]
    Database(#[from] store::OpenError),
    /// What is in the file is no key.
    #[error("{0} holds no sealing key (32 bytes in base64): put the right one there")]
    NoKey(PathBuf),
    /// There is a database, and the key that it was sealed with is gone.
    #[error("there is a database at {database}, but no sealing key at {key}: put back the key that it was sealed with")]
    LostKey {
        /// The database.
        database: String,
        /// Where the key should be.
        key: PathBuf,
    },
    /// The system gives no random bytes.
    #[error("a sealing key cannot be made: {0}")]
    NoRandomness(service::Error),
}

/// The sealing key, or where it is to be made.
#[derive(Debug)]
pub struct Key(Place);

#[derive(Debug)]
enum Place {
    Found(SealingKey),
    New(PathBuf),
}

impl Key {
    /// The key. To be called once the database is open: a first start that fails before leaves no key behind.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn get(self) -> Result<SealingKey, DataError> {
        match self.0 {
            Place::Found(key) => Ok(key),
            Place::New(path) => {
                write_key(&path)?;
                // Not the one just written: another process may have been faster.
                read_key(&path)?.ok_or(DataError::NoKey(path))
            }
        }
    }
}

/// Makes the data folder ready, for nobody else to read, and finds the sealing key: the environment's, or the file's. Looks at
/// the database before anything is made, so that neither of the two is given a new other half.
///
/// # Errors
/// Where something is not as it should be; nothing was changed then that was there before.
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
        // SQLite gives its other files the rights of this one.
        private().create(true).truncate(false).open(&file).map_err(unusable(&file))?;
    }
    Ok(Key(key))
}

/// Refuses a database file that others may read or change.
fn is_private(file: &Path) -> Result<(), DataError> {
    match file.metadata() {
        Ok(found) if found.mode() & 0o007 != 0 => Err(DataError::OpenDatabase(file.to_owned())),
        // One that is not there yet is made; whatever else is wrong is said when it is opened.
        Ok(_) | Err(_) => Ok(()),
    }
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
    // Kubernetes gives the group its rights again at each mount (`fsGroup`), so that `chmod` would not last.
    if mode & 0o070 != 0 {
        tracing::warn!(
            path = %path.display(),
            "the group of this file may use the sealing key: run `chmod 600`, or where the mode does not last \
             (Kubernetes’ fsGroup) keep others out of the group or give the key in LATCHKEY_SEALING_KEY"
        );
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|_| DataError::NoKey(path.to_owned()))?;
    SealingKey::read(&text).map(Some).map_err(|_| DataError::NoKey(path.to_owned()))
}

/// Writes a fresh key beside its place and links it there, whole, unless there is one already.
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

/// A file that nobody else may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

fn unusable(path: &Path) -> impl FnOnce(io::Error) -> DataError {
    let path = path.to_owned();
    move |error| DataError::Unusable { path, error }
}
