//! `latchkey demo`: fills an empty database with the same service calls that the admin app and the API use.

mod catalog;
mod lines;
mod plain;
mod sales;
mod showcase;

use std::io;

use clap::Args;
use service::{Clock, Service};

use crate::{
    Config,
    serve::{self, StartError},
};
use lines::Line;

/// Options of `latchkey demo`.
#[derive(Debug, Args)]
pub struct DemoCommand {
    /// Create N active licenses of one plain policy, instead of the sample vendor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    licenses: Option<u32>,
    /// Number of seats of each of them
    #[arg(long, value_name = "M", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1_000_000), requires = "licenses")]
    seats: u32,
    /// Number of devices activated on each of them
    #[arg(long, value_name = "D", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100_000), requires = "licenses")]
    devices_per_license: u32,
    /// Print one JSON object per line instead of a table
    #[arg(long)]
    json: bool,
}

/// Error of `latchkey demo`. Each message is a sentence.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database already has content.
    #[error("this data folder is in use: set LATCHKEY_DATA_DIR to an empty one (and no other database)")]
    Used,
    /// More devices than seats were requested.
    #[error("a license cannot have fewer seats than devices: raise --seats")]
    Seats,
    /// The data folder or the database cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The service refused or failed.
    #[error("the demo stopped halfway: {0}")]
    Act(#[from] service::Error),
    /// Standard output cannot be written.
    #[error("cannot write the output: {0}")]
    System(#[from] io::Error),
}

/// Fills the configured database, and prints the activation codes.
///
/// # Errors
/// Returns an error if the database already has content, or if an act fails.
pub async fn fill(config: &Config, command: DemoCommand) -> Result<(), DemoError> {
    let clock = match command.licenses {
        Some(_) => Clock::system(),
        None => showcase::clock(),
    };
    let service = serve::open(config, clock).await?;
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
