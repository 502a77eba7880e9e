//! The command line.

use std::io::{self, Write as _};

use clap::{Parser, Subcommand};

use crate::{
    Config,
    accounts::{self, AccountsError},
    config, core_dumps,
    demo::{self, DemoError, Wish},
    keys::{self, KeysError, Work},
    logging,
    restore::{self, RestoreError},
    serve::{self, StartError},
    time::{self, TimeError},
};

/// Latchkey: a license server of your own.
#[derive(Debug, Parser)]
#[command(name = "latchkey", version, arg_required_else_help = true)]
#[command(
    after_help = "Begin with `latchkey serve`. Settings come from a file and from LATCHKEY_… variables: see `latchkey settings`."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the admin app and the public API until Ctrl-C
    Serve,
    /// Fill a fresh data folder with content to look at, and print the activation codes
    Demo(Wish),
    /// List, rotate, retire, revoke and export signing keys, beside a running server too
    #[command(subcommand)]
    Keys(Work),
    /// List accounts, and let an owner back in who cannot sign in any more, beside a running server too
    #[command(subcommand)]
    Accounts(accounts::Work),
    /// Say whether the server believes its clock, or that it is right
    #[command(subcommand)]
    Clock(time::Work),
    /// Open a new status list after the database was restored from a backup, before the server starts
    Restore,
    /// Print every setting with its default and what it means
    Settings,
    /// Print the version
    Version,
}

/// Why a command did not do what was asked. Each is a sentence.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The settings.
    #[error(transparent)]
    Settings(#[from] config::Wrong),
    /// The server.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The demo.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The signing keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The accounts.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// The clock.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// The restore.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// The terminal or the system.
    #[error("the system refuses: {0}")]
    System(#[from] io::Error),
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// Why not, as a sentence.
    pub fn run(self) -> Result<(), CommandError> {
        match self.command {
            Command::Serve => {
                let config = settings()?;
                in_runtime(async { Ok(serve::serve(config).await?) })
            }
            Command::Demo(wish) => {
                let config = settings()?;
                in_runtime(async { Ok(demo::fill(&config, wish).await?) })
            }
            Command::Keys(work) => {
                let config = settings()?;
                in_runtime(async { Ok(keys::work(&config, work).await?) })
            }
            Command::Accounts(work) => {
                let config = settings()?;
                in_runtime(async { Ok(accounts::work(&config, work).await?) })
            }
            Command::Clock(work) => {
                let config = settings()?;
                in_runtime(async { Ok(time::work(&config, work).await?) })
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
    let config = Config::load()?;
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
    // A password that is still being hashed is nobody's any more.
    runtime.shutdown_background();
    done
}
