//! `latchkey accounts`: lists the accounts, and recovers access for an owner who is locked out. Works while the server
//! runs.

use std::io::{self, Write as _};

use clap::Subcommand;
use serde::Serialize;
use service::{Actor, Clock, Error, Service};

use crate::{
    Config,
    cli::{act_error::ActError, output, start},
};

/// Subcommands of `latchkey accounts`.
#[derive(Debug, Subcommand)]
pub enum AccountsCommand {
    /// Print every account: name, e-mail address, role and state
    List {
        /// Print one JSON object per line instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Print a link with which an owner sets a new password, valid once, for one hour; using it enables the account and
    /// password sign-in
    Recover {
        /// The owner's e-mail address, or the text that `accounts list` shows in its place; optional if there is only
        /// one owner
        email: Option<String>,
    },
}

/// Runs the command on the configured database.
///
/// # Errors
/// Returns an error if the server's data cannot be opened, the command is refused, or its output cannot be written.
pub async fn work(config: &Config, work: AccountsCommand) -> Result<(), ActError> {
    let service = start::open(config, Clock::system()).await?;
    let done = done(config, &service, work).await;
    service.close().await;
    done
}

/// Row of the list.
#[derive(Serialize)]
struct Line {
    name: String,
    email: String,
    role: &'static str,
    state: &'static str,
}

async fn done(config: &Config, service: &Service, work: AccountsCommand) -> Result<(), ActError> {
    match work {
        AccountsCommand::List { json } => {
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
                true => output::json(lines)?,
                false => output::print(
                    ["NAME", "E-MAIL", "ROLE", "STATE"],
                    lines.map(|line| [line.name, line.email, line.role.to_owned(), line.state.to_owned()]),
                )?,
            }
        }
        AccountsCommand::Recover { email } => {
            let link = service.accounts().recover_owner(email.as_deref(), &Actor::command()).await?;
            let mut out = io::stdout().lock();
            writeln!(out, "Open this link to set a new password for {}. Valid once, for one hour:", link.name)?;
            writeln!(out, "\n  {}/link?token={}\n", config.public_url, link.token)?;
            if let Some(name) = &link.no_address {
                writeln!(
                    out,
                    "{} has no e-mail address here. To sign in with the password, enter this instead:",
                    link.name
                )?;
                writeln!(out, "\n  {name}\n")?;
            }
        }
    }
    Ok(())
}
