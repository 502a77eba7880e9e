//! Options and errors of `latchkey demo`.

use std::io;

use clap::Args;

use crate::cli::start::StartError;

/// Options of `latchkey demo`.
#[derive(Debug, Args)]
pub struct DemoCommand {
    /// Create N active licenses of one plain policy, instead of the sample vendor; a million takes about two minutes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) licenses: Option<u32>,
    /// Number of seats of each of them
    #[arg(long, value_name = "M", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1_000_000), requires = "licenses")]
    pub(super) seats: u32,
    /// Number of devices activated on each of them
    #[arg(long, value_name = "D", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100_000), requires = "licenses")]
    pub(super) devices_per_license: u32,
    /// Print one JSON object per line instead of a table
    #[arg(long)]
    pub(super) json: bool,
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
    /// A batch could not be prepared.
    #[error("the demo stopped halfway: {0}")]
    Batch(#[from] tokio::task::JoinError),
    /// The service refused or failed.
    #[error("the demo stopped halfway: {0}")]
    Act(#[from] service::Error),
    /// Standard output cannot be written.
    #[error("cannot write the output: {0}")]
    System(#[from] io::Error),
}
