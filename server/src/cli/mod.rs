//! The command line.

pub mod accounts;
pub mod act_error;
pub mod clock;
pub mod demo;
pub mod export;
mod jobs;
pub mod keys;
mod output;
mod restore;
pub mod serve;
pub mod start;

use std::io::{self, Write as _};

use clap::{Parser, Subcommand};

use self::{
    act_error::ActError,
    demo::{DemoCommand, DemoError},
    keys::KeysCommand,
    restore::RestoreError,
    start::StartError,
};
use crate::{Config, config, core_dumps, logging};

/// Latchkey: a self-hosted license server
#[derive(Debug, Parser)]
#[command(name = "latchkey", version, arg_required_else_help = true)]
#[command(
    after_help = "Start with `latchkey serve`. Settings come from a file and from LATCHKEY_… variables: see `latchkey settings`."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the admin app and the public API until Ctrl-C
    Serve,
    /// Fill an empty data folder with sample data, and print the activation codes
    Demo(DemoCommand),
    /// List, rotate, retire, revoke and export signing keys; works while the server runs
    #[command(subcommand)]
    Keys(KeysCommand),
    /// List accounts, and recover access for an owner who is locked out; works while the server runs
    #[command(subcommand)]
    Accounts(accounts::AccountsCommand),
    /// Show whether the server trusts its clock, or confirm that the clock is right
    #[command(subcommand)]
    Clock(clock::ClockCommand),
    /// Export licenses, devices, decisions or the audit log to standard output; works while the server runs
    #[command(subcommand)]
    Export(export::ExportCommand),
    /// Open a new status list after restoring the database from a backup, before the server starts
    Restore,
    /// Print every setting with its default and an explanation
    Settings,
    /// Print the version
    Version,
}

/// Error of a command. Each message is a sentence.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The settings are invalid.
    #[error(transparent)]
    Settings(#[from] config::Wrong),
    /// The server did not start, or stopped with an error.
    #[error(transparent)]
    Start(#[from] StartError),
    /// `latchkey demo` failed.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// `latchkey accounts`, `clock` or `keys` failed.
    #[error(transparent)]
    Act(#[from] ActError),
    /// `latchkey restore` failed.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// The output cannot be written, or the system lacks a resource.
    #[error("system error: {0}")]
    System(#[from] io::Error),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// Returns the error of the settings or of the command.
    pub fn run(self) -> Result<(), CommandError> {
        match self.command {
            Command::Serve => {
                let config = settings()?;
                in_runtime(async { Ok(serve::serve(config).await?) })
            }
            Command::Demo(command) => {
                // Some devices of the sample vendor are refused, which is no news.
                let config = settings_with(|config| config.log.push_str(",service::error=warn"))?;
                in_runtime(async { Ok(demo::fill(&config, command).await?) })
            }
            Command::Keys(work) => {
                let config = settings()?;
                in_runtime(async { Ok(keys::work(&config, work).await?) })
            }
            Command::Accounts(work) => {
                let config = settings()?;
                in_runtime(async { Ok(accounts::work(&config, work).await?) })
            }
            Command::Clock(command) => {
                let config = settings()?;
                in_runtime(async { Ok(clock::work(&config, command).await?) })
            }
            Command::Export(command) => {
                let config = settings()?;
                in_runtime(async { Ok(export::work(&config, &command).await?) })
            }
            Command::Restore => {
                let config = settings()?;
                in_runtime(async { Ok(restore::complete(&config).await?) })
            }
            Command::Settings => Ok(io::stdout().write_all(config::DEFAULTS.as_bytes())?),
            Command::Version => Ok(writeln!(io::stdout(), "latchkey {}", env!("CARGO_PKG_VERSION"))?),
        }
    }
}

fn settings() -> Result<Config, config::Wrong> {
    settings_with(|_| {})
}

/// Loads the settings, changes them, and starts the log.
fn settings_with(change: impl FnOnce(&mut Config)) -> Result<Config, config::Wrong> {
    let mut config = Config::load()?;
    change(&mut config);
    logging::begin(&config);
    core_dumps::disable();
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    Ok(config)
}

fn in_runtime(work: impl Future<Output = Result<(), CommandError>>) -> Result<(), CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(work);
    // Does not wait for a password hash that is still being computed: no one needs it any more.
    runtime.shutdown_background();
    done
}
