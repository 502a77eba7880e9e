//! Error of the commands that perform acts.

use std::io;

use service::Error;

use super::start::StartError;

/// Error of `latchkey accounts`, `clock` and `keys`. Each message is a sentence.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The data folder or the database cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The service refused or failed.
    #[error(transparent)]
    Act(#[from] Error),
    /// The command needs `--yes`.
    #[error("nothing was done: {0}")]
    Unconfirmed(String),
    /// Standard output cannot be written.
    #[error("cannot write the output: {0}")]
    System(#[from] io::Error),
}
