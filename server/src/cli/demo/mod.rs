//! `latchkey demo`: fills an empty database with the same service calls that the admin app and the API use.

mod catalog;
mod command;
mod lines;
mod plain;
mod sales;
mod showcase;

use service::{Clock, Service};

use crate::{Config, cli::start};
pub use command::{DemoCommand, DemoError};
use lines::Line;

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
    filled
}

async fn fill_fresh(service: &Service, command: &DemoCommand) -> Result<(), DemoError> {
    if is_used(service).await? {
        return Err(DemoError::Used);
    }
    // JSON is printed batch by batch, but a table needs the widths of all its rows.
    let mut table = Vec::new();
    match command.licenses {
        None => table = showcase::fill(service).await?,
        Some(_) if command.seats < command.devices_per_license => return Err(DemoError::Seats),
        Some(licenses) => {
            let mut keep = |batch: Vec<Line>| {
                if command.json {
                    return lines::print(&batch, true);
                }
                table.extend(batch);
                Ok(())
            };
            plain::fill(service, command, licenses, &mut keep).await?;
        }
    }
    if table.is_empty() { Ok(()) } else { Ok(lines::print(&table, command.json)?) }
}

async fn is_used(service: &Service) -> Result<bool, service::Error> {
    let mut reading = service.store().read().await?;
    Ok(reading.on().has_owner().await? || !reading.on().products().await?.is_empty())
}
