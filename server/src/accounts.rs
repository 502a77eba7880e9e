//! `latchkey accounts`: who may sign in, and the way back for owners who cannot any more. Works beside a running server.

use std::io::{self, Write as _};

use clap::Subcommand;
use serde::Serialize;
use service::{Actor, Clock, Error, Service};

use crate::{
    Config,
    serve::{self, StartError},
    table,
};

/// What is to be done with accounts.
#[derive(Debug, Subcommand)]
pub enum Work {
    /// Print every account: name, address, role, and whether it may sign in
    List {
        /// Print a JSON object a line instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Print a link by which an owner sets a new password, good once and for an hour; it enables the account and the
    /// sign-in with passwords
    Recover {
        /// The owner's address, or what `accounts list` has in its place; the only owner's, if it is not given
        email: Option<String>,
    },
}

/// Why it was not done. Each is a sentence.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The house cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The act did not happen.
    #[error(transparent)]
    Act(#[from] Error),
    /// The terminal.
    #[error("the system refuses: {0}")]
    System(#[from] io::Error),
}

/// Does it, on the database of these settings.
///
/// # Errors
/// Why not.
pub async fn work(config: &Config, work: Work) -> Result<(), AccountsError> {
    let service = serve::open(config, Clock::system()).await?;
    let done = done(config, &service, work).await;
    service.close().await;
    done
}

/// A line of the list.
#[derive(Serialize)]
struct Line {
    name: String,
    email: String,
    role: &'static str,
    state: &'static str,
}

async fn done(config: &Config, service: &Service, work: Work) -> Result<(), AccountsError> {
    match work {
        Work::List { json } => {
            let now = service.clock().now();
            let mut reading = service.store().read().await.map_err(Error::from)?;
            let accounts = reading.on().accounts(now).await.map_err(Error::from)?;
            let lines = accounts.into_iter().map(|row| Line {
                state: if row.account.disabled_at.is_some() { "disabled" } else { "active" },
                role: row.account.role.name(),
                name: row.account.name,
                email: row.account.email,
            });
            match json {
                true => table::json(lines)?,
                false => table::print(
                    ["NAME", "E-MAIL", "ROLE", "STATE"],
                    lines.map(|line| [line.name, line.email, line.role.to_owned(), line.state.to_owned()]),
                )?,
            }
        }
        Work::Recover { email } => {
            let link = service.recover_owner(email.as_deref(), &Actor::command()).await?;
            let mut out = io::stdout().lock();
            writeln!(out, "This link sets a new password of {}; it is good once, and for an hour:", link.name)?;
            writeln!(out, "\n  {}/link?token={}\n", config.public_url, link.token)?;
            if let Some(name) = &link.no_address {
                writeln!(
                    out,
                    "{} has no e-mail address here. To sign in with the password, give in its place:",
                    link.name
                )?;
                writeln!(out, "\n  {name}\n")?;
            }
        }
    }
    Ok(())
}
