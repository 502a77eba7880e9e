//! `latchkey restore`: what is due after the database was restored from a backup, before the server starts again.
//!
//! The backup does not know which places of the status lists were given out after it. Given out again, two customers would share
//! one, and revoking the one would end the tokens of the other. So a mark in the data folder remembers how many places were
//! reserved, and a database that knows of fewer is not served until a new list is open.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use service::{Actor, Clock, Service};
use uuid::Uuid;

use crate::{
    Config,
    serve::{self, StartError},
};

/// The file in the data folder that holds the mark: the list, a space, and how many of its places were reserved.
const FILE: &str = "status-places";

/// Why the restore was not completed. Each is a sentence.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The database cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The new list was not opened.
    #[error(transparent)]
    Act(#[from] service::Error),
    /// The terminal, or the data folder.
    #[error("the system refuses: {0}")]
    System(#[from] io::Error),
}

/// Opens a new status list on the database of these settings, and begins the mark anew.
///
/// # Errors
/// Why not.
pub(crate) async fn complete(config: &Config) -> Result<(), RestoreError> {
    let service = serve::open(config, Clock::system()).await?;
    let done = open_list(&service, &config.data_dir).await;
    service.close().await;
    let id = done?;
    Ok(writeln!(io::stdout(), "A new status list is open, {id}. The server can start.")?)
}

async fn open_list(service: &Service, folder: &Path) -> Result<Uuid, RestoreError> {
    let id = service.open_status_list(&Actor::command()).await?;
    write(&folder.join(FILE), id, 0)?;
    Ok(id)
}

/// Compares the database with the mark, and keeps the mark from then on.
///
/// # Errors
/// `Older` where the database knows of fewer places than were reserved.
pub(crate) async fn check(service: &Service, folder: &Path) -> Result<(), StartError> {
    let file = folder.join(FILE);
    if let Some((list, reserved)) = read(&file)? {
        let mut reading = service.store().read().await.map_err(service::Error::from)?;
        let known = reading.on().status_list(list).await.map_err(service::Error::from)?;
        let open = reading.on().open_status_list().await.map_err(service::Error::from)?;
        let older = match known {
            // Of a list that is closed no place is given out any more: another instance has opened a new one.
            Some(known) => known.closed_at.is_none() && known.used < reserved,
            // Ids sort as their moments do: the database's list was opened before the one that it does not know.
            None => open.is_some_and(|open| open.id < list),
        };
        if older {
            return Err(StartError::Older(file));
        }
    }
    service.watch_places(move |list, reserved| {
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
    let unreadable = || io::Error::new(io::ErrorKind::InvalidData, format!("{} holds no mark", file.display()));
    mark.map(Some).ok_or_else(unreadable)
}

/// Writes the mark whole or not at all.
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
        drop(service.status_places(1).await.unwrap());
        service.close().await;
        let backup = fs::read(&database).unwrap();

        let (service, checked) = start(folder, &key).await;
        checked.unwrap();
        let given: Vec<_> = service.status_places(1024).await.unwrap().collect();
        service.close().await;

        fs::write(&database, backup).unwrap();
        let (service, checked) = start(folder, &key).await;
        assert!(matches!(checked, Err(StartError::Older(_))), "{checked:?}");
        let list = open_list(&service, folder).await.unwrap();
        service.close().await;

        let (service, checked) = start(folder, &key).await;
        checked.unwrap();
        let again: Vec<_> = service.status_places(1024).await.unwrap().collect();
        assert!(again.iter().all(|place| place.list == list && !given.contains(place)), "no place is given out twice");
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
