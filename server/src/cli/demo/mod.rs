//! `latchkey demo`: fills an empty database with the same service calls that the admin app and the API use or, for many
//! licenses, with calls that write the same rows in large batches.

mod catalog;
mod command;
mod lines;
mod plain;
mod progress;
mod sales;
mod showcase;

use service::{Clock, Service};

use crate::{Config, cli::start};
pub use command::{DemoCommand, DemoError};

/// Fills the configured database, and prints the activation codes.
///
/// # Errors
/// Returns an error if the database already has content, or if an act fails.
pub async fn fill(config: &Config, command: DemoCommand) -> Result<(), DemoError> {
    let clock = match command.licenses {
        Some(_) => Clock::system(),
        None => showcase::clock(),
    };
    let service = start::open(config, clock).await?;
    let filled = fill_fresh(&service, &command).await;
    service.close().await;
    filled?;
    if command.licenses.is_some() {
        // Creates the search index that was dropped.
        start::open(config, Clock::system()).await?.close().await;
    }
    Ok(())
}

async fn fill_fresh(service: &Service, command: &DemoCommand) -> Result<(), DemoError> {
    if is_used(service).await? {
        return Err(DemoError::Used);
    }
    match command.licenses {
        None => Ok(lines::print(&showcase::fill(service).await?, command.json)?),
        Some(_) if command.seats < command.devices_per_license => Err(DemoError::Seats),
        Some(licenses) => {
            service.licenses().drop_search_index().await?;
            plain::fill(service, command, licenses).await
        }
    }
}

async fn is_used(service: &Service) -> Result<bool, service::Error> {
    let mut reading = service.store().read().await?;
    Ok(reading.on().has_owner().await? || !reading.on().products().await?.is_empty())
}
