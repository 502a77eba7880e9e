//! `latchkey demo`: a fresh data folder, filled through the ordinary acts.

mod catalog;
mod lines;
mod plain;
mod sales;
mod story;

use std::io;

use clap::Args;
use service::{Clock, Service};

use crate::{
    Config,
    serve::{self, StartError},
};
use lines::Line;

/// What the demo is to hold.
#[derive(Debug, Args)]
pub struct Wish {
    /// Instead of a story: so many active licenses on one plain policy
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    licenses: Option<u32>,
    /// The seats of each of them
    #[arg(long, value_name = "M", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1_000_000), requires = "licenses")]
    seats: u32,
    /// The devices activated on each of them
    #[arg(long, value_name = "D", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100_000), requires = "licenses")]
    devices_per_license: u32,
    /// Print a JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

/// Why there is no demo. Each is a sentence.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Somebody works there.
    #[error("this data folder is in use: name a fresh one in LATCHKEY_DATA_DIR (and no other database)")]
    Used,
    /// More devices than seats.
    #[error("a license with fewer seats than devices cannot be filled: raise --seats")]
    Seats,
    /// The house cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// An act did not happen.
    #[error("the demo stopped half-way: {0}")]
    Act(#[from] service::Error),
    /// The terminal.
    #[error("the system refuses: {0}")]
    System(#[from] io::Error),
}

/// Fills the data folder of these settings, and prints the codes.
///
/// # Errors
/// Where the folder is in use or an act fails.
pub async fn fill(config: &Config, wish: Wish) -> Result<(), DemoError> {
    let clock = match wish.licenses {
        Some(_) => Clock::system(),
        None => story::clock(),
    };
    let service = serve::open(config, clock).await?;
    let filled = fill_fresh(&service, &wish).await;
    service.close().await;
    filled
}

async fn fill_fresh(service: &Service, wish: &Wish) -> Result<(), DemoError> {
    if is_used(service).await? {
        return Err(DemoError::Used);
    }
    // JSON is printed batch by batch; a table needs the widths of all its rows.
    let mut table = Vec::new();
    match wish.licenses {
        None => table = story::fill(service).await?,
        Some(_) if wish.seats < wish.devices_per_license => return Err(DemoError::Seats),
        Some(licenses) => {
            let mut keep = |batch: Vec<Line>| {
                if wish.json {
                    return lines::print(&batch, true);
                }
                table.extend(batch);
                Ok(())
            };
            plain::fill(service, wish, licenses, &mut keep).await?;
        }
    }
    if table.is_empty() { Ok(()) } else { Ok(lines::print(&table, wish.json)?) }
}

async fn is_used(service: &Service) -> Result<bool, service::Error> {
    let mut reading = service.store().read().await?;
    Ok(reading.on().has_owner().await? || !reading.on().products().await?.is_empty())
}
