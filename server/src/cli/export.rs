//! `latchkey export`: licenses and records as CSV or JSON Lines on standard output. Works while the server runs.

use std::io::{self, Write as _};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::Map;
use service::{Actor, Clock, ExportFormat, LicenseQuery, Parts, Service};

use crate::{
    Config,
    cli::{act_error::ActError, start},
};

/// Subcommands of `latchkey export`.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// Export all licenses, newest first
    Licenses {
        /// Format of the output
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
        /// Include the whole activation codes; recorded in the audit log, as every export is
        #[arg(long)]
        codes: bool,
    },
    /// Export the devices of all licenses, newest first
    Activations(Records),
    /// Export the stored decisions, newest first
    Decisions(Records),
    /// Export the audit log, newest first
    Events(Records),
}

/// Options for an export of records.
#[derive(Clone, Copy, Debug, Args)]
pub struct Records {
    /// Format of the output
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

/// Formats of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values with a line of headings
    Csv,
    /// One JSON object per line
    Jsonl,
}

/// Runs the command on the configured database.
///
/// # Errors
/// Returns an error if the server's data cannot be opened, or the output cannot be written.
pub async fn work(config: &Config, command: &ExportCommand) -> Result<(), ActError> {
    let service = start::open(config, Clock::system()).await?;
    let done = write(&service, command).await;
    service.close().await;
    done
}

async fn write(service: &Service, command: &ExportCommand) -> Result<(), ActError> {
    let actor = Actor::command();
    let (records, format) = match command {
        ExportCommand::Licenses { format, codes } => {
            let query = LicenseQuery::default();
            return print(service.licenses().export(&query, (*format).into(), *codes, &actor).await?).await;
        }
        ExportCommand::Activations(Records { format }) => (service::Records::Activations(Default::default()), *format),
        ExportCommand::Decisions(Records { format }) => (service::Records::Decisions(Default::default()), *format),
        ExportCommand::Events(Records { format }) => (service::Records::Events(Default::default()), *format),
    };
    print(service.exports().records(records, &Map::new(), format.into(), &actor).await?).await
}

async fn print(mut export: impl Parts) -> Result<(), ActError> {
    while let Some(part) = export.part().await? {
        io::stdout().write_all(part.as_bytes())?;
    }
    io::stdout().flush()?;
    Ok(())
}

impl From<Format> for ExportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Jsonl => Self::Jsonl,
        }
    }
}
