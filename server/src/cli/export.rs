//! `latchkey export`: licenses as CSV or JSON Lines on standard output. Works while the server runs.

use std::io::{self, Write as _};

use clap::{Subcommand, ValueEnum};
use service::{Actor, Clock, ExportFormat, LicenseQuery, Parts as _, Service};

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
    let ExportCommand::Licenses { format, codes } = command;
    let format = match format {
        Format::Csv => ExportFormat::Csv,
        Format::Jsonl => ExportFormat::Jsonl,
    };
    let query = LicenseQuery::default();
    let mut export = service.licenses().export(&query, format, *codes, &Actor::command()).await?;
    while let Some(part) = export.part().await? {
        io::stdout().write_all(part.as_bytes())?;
    }
    io::stdout().flush()?;
    Ok(())
}
