//! Opening the data folder and the database, for the server and for commands.

use std::{io, net::SocketAddr};

use service::{Clock, Service};
use store::Store;

use crate::{Config, data};

/// Error of starting the server. Each message is a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is in use or not available on this machine.
    #[error("cannot listen on {address} ({error}): stop the program that uses it, or set LATCHKEY_LISTEN")]
    Listen {
        /// The configured address.
        address: SocketAddr,
        /// Error of the system.
        error: io::Error,
    },
    /// The data folder or the sealing key is unusable.
    #[error(transparent)]
    Data(#[from] data::DataError),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] store::OpenError),
    /// The content of the database is unusable.
    #[error("the server cannot start: {0}")]
    Service(#[from] service::Error),
    /// The disk failed while the server was running.
    #[error(
        "the disk under the database cannot be relied on: commits repeatedly could not be synced to it, and none of \
         them was confirmed; check the system's log and replace the disk before you start the server again"
    )]
    Disk,
    /// The database knows fewer entries of the status lists than were assigned.
    #[error(
        "the database is older than {}: it was restored from a backup, or is a different one. Run `latchkey restore` first, so \
         that no entry of a status list is assigned twice", .0.display()
    )]
    Older(std::path::PathBuf),
    /// The system lacks a resource, or the output cannot be written.
    #[error("system error: {0}")]
    System(#[from] io::Error),
}

/// Opens the data folder and the database, and returns the service.
///
/// # Errors
/// Returns an error if the data folder, the sealing key or the database is unusable.
pub async fn open(config: &Config, clock: Clock) -> Result<Service, StartError> {
    let key = data::prepare(config).await?;
    let store = Store::open_with(config.database_url.as_str(), config.database_connections).await?;
    Ok(Service::open(store, &key.get()?, clock, config.public_url.to_string()).await?)
}
