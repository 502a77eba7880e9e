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
    /// Instead of a story: so many active licenses on one plain policy, and no devices
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    licenses: Option<u32>,
    /// The seats of each of them
    #[arg(long, value_name = "M", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1_000_000), requires = "licenses")]
    seats: u32,
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
    let filled = match is_used(&service).await {
        Ok(true) => Err(DemoError::Used),
        Ok(false) => match wish.licenses {
            Some(licenses) => plain::fill(&service, licenses, wish.seats).await.map_err(Into::into),
            None => story::fill(&service).await.map_err(Into::into),
        },
        Err(error) => Err(error.into()),
    };
    service.close().await;
    lines::print(&filled?, wish.json)?;
    Ok(())
}

async fn is_used(service: &Service) -> Result<bool, service::Error> {
    let mut reading = service.store().read().await?;
    Ok(reading.on().has_owner().await? || !reading.on().products().await?.is_empty())
}
