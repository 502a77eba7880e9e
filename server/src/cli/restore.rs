//! `latchkey restore`: required after the database was restored from a backup, before the server starts again.
//!
//! The backup does not know which entries of the status lists were assigned after it. If they were assigned again, two
//! tokens would share one, and revoking one would invalidate the other. So a mark in the data folder records the number
//! of reserved entries, and the server does not start on a database that knows fewer, until a new list is opened.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use service::{Actor, Clock, Service};
use uuid::Uuid;

use crate::{
    Config,
    cli::start::{self, StartError},
};

/// File in the data folder with the mark: the list's id, a space, and the number of its reserved entries.
const FILE: &str = "status-places";

/// Error of `latchkey restore`. Each message is a sentence.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The data folder or the database cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The new list could not be opened.
    #[error(transparent)]
    Act(#[from] service::Error),
    /// The output or the mark cannot be written.
    #[error("system error: {0}")]
    System(#[from] io::Error),
}

/// Opens a new status list in the configured database, and resets the mark.
///
/// # Errors
/// Returns an error if the database cannot be opened, or the list or the mark cannot be written.
pub(crate) async fn complete(config: &Config) -> Result<(), RestoreError> {
    let service = start::open(config, Clock::system()).await?;
    let done = open_list(&service, &config.data_dir).await;
    service.close().await;
    let id = done?;
    Ok(writeln!(io::stdout(), "A new status list is open: {id}. You can start the server now.")?)
}

async fn open_list(service: &Service, folder: &Path) -> Result<Uuid, RestoreError> {
    let id = service.keys().open_status_list(&Actor::command()).await?;
    write(&folder.join(FILE), id, 0)?;
    Ok(id)
}

/// Compares the database with the mark, and updates the mark from then on.
///
/// # Errors
/// Returns `Older` if the database knows fewer entries than were reserved, or another error if either cannot be read.
pub(crate) async fn check(service: &Service, folder: &Path) -> Result<(), StartError> {
    let file = folder.join(FILE);
    if let Some((list, reserved)) = read(&file)? {
        let mut reading = service.store().read().await.map_err(service::Error::from)?;
        let known = reading.on().status_list(list).await.map_err(service::Error::from)?;
        let open = reading.on().open_status_list().await.map_err(service::Error::from)?;
        let older = match known {
            // Entries of a closed list are no longer assigned: another instance has opened a new list.
            Some(known) => known.closed_at.is_none() && known.used < reserved,
            // Ids sort by time: the database's list was opened before the one that it does not know.
            None => open.is_some_and(|open| open.id < list),
        };
        if older {
            return Err(StartError::Older(file));
        }
    }
    service.keys().watch_places(move |list, reserved| {
        if let Err(error) = write(&file, list, reserved) {
            tracing::error!(%error, file = %file.display(), "the mark of the status lists could not be written");
        }
    });
    Ok(())
}

fn read(file: &Path) -> io::Result<Option<(Uuid, i64)>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mark = text.trim().split_once(' ').and_then(|(list, n)| Some((list.parse().ok()?, n.parse().ok()?)));
    let unreadable =
        || io::Error::new(io::ErrorKind::InvalidData, format!("{} does not contain a mark", file.display()));
    mark.map(Some).ok_or_else(unreadable)
}

/// Writes the mark atomically.
fn write(file: &Path, list: Uuid, reserved: i64) -> io::Result<()> {
    let fresh: PathBuf = file.with_extension("new");
    let mut writing = File::create(&fresh)?;
    writeln!(writing, "{list} {reserved}")?;
    writing.sync_all()?;
    fs::rename(&fresh, file)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use service::SealingKey;
    use store::Store;

    use super::*;

    async fn start(folder: &Path, key: &SealingKey) -> (Service, Result<(), StartError>) {
        let store = Store::open(&format!("sqlite:{}", folder.join("latchkey.db").display())).await.unwrap();
        let service = Service::open(store, key, Clock::system(), "http://localhost".to_owned()).await.unwrap();
        let checked = check(&service, folder).await;
        (service, checked)
    }

    #[tokio::test]
    async fn a_database_older_than_the_mark_is_served_when_a_new_list_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let (folder, key) = (folder.path(), SealingKey::generate().unwrap());
        let database = folder.join("latchkey.db");
        let (service, checked) = start(folder, &key).await;
        checked.unwrap();
        drop(service.keys().status_places(1).await.unwrap());
        service.close().await;
        let backup = fs::read(&database).unwrap();

        let (service, checked) = start(folder, &key).await;
        checked.unwrap();
        let given: Vec<_> = service.keys().status_places(1024).await.unwrap().collect();
        service.close().await;

        fs::write(&database, backup).unwrap();
        let (service, checked) = start(folder, &key).await;
        assert!(matches!(checked, Err(StartError::Older(_))), "{checked:?}");
        let list = open_list(&service, folder).await.unwrap();
        service.close().await;

        let (service, checked) = start(folder, &key).await;
        checked.unwrap();
        let again: Vec<_> = service.keys().status_places(1024).await.unwrap().collect();
        assert!(again.iter().all(|place| place.list == list && !given.contains(place)), "no entry is assigned twice");
        service.close().await;
    }

    #[test]
    fn a_mark_is_read_as_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        assert_eq!(read(&file).unwrap(), None);
        write(&file, Uuid::from_u128(7), 1024).unwrap();
        write(&file, Uuid::from_u128(7), 2048).unwrap();
        assert_eq!(read(&file).unwrap(), Some((Uuid::from_u128(7), 2048)));
        fs::write(&file, "nonsense").unwrap();
        assert!(read(&file).is_err());
    }
}
