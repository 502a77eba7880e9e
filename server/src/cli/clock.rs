//! `latchkey clock`: for an owner whose server does not trust its clock. Works while the server runs, which notices a
//! change within ten seconds.

use std::io::{self, Write as _};

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;
use service::{Actor, Clock, Service, Trust};

use crate::{
    Config,
    cli::{act_error::ActError, start},
    clock_owner::clock_owner,
};

/// Subcommands of `latchkey clock`.
#[derive(Debug, Subcommand)]
pub enum ClockCommand {
    /// Show the time here, and whether the server trusts it
    Show,
    /// Confirm that the time is right, and discard what was seen before
    Confirm,
}

/// Runs the command on the configured database.
///
/// # Errors
/// Returns an error if the server's data cannot be opened, the command is refused, or its output cannot be written.
pub async fn work(config: &Config, work: ClockCommand) -> Result<(), ActError> {
    let service = start::open(config, Clock::system()).await?;
    let done = done(&service, &work).await;
    service.close().await;
    done
}

async fn done(service: &Service, work: &ClockCommand) -> Result<(), ActError> {
    let report = match work {
        ClockCommand::Show => {
            let now = written(service.clock().now());
            match service.timekeeper().trust() {
                Trust::Good => format!("The time is {now}. The server trusts its clock."),
                Trust::Behind(by) => format!(
                    "The clock of {} shows {now}: {} seconds behind the time it showed before. No tokens are issued.",
                    clock_owner(service),
                    by.num_seconds()
                ),
                Trust::Ahead(by) => format!(
                    "The clock of {} shows {now}: {} seconds ahead of the elapsed time. No tokens are issued.",
                    clock_owner(service),
                    by.num_seconds()
                ),
            }
        }
        ClockCommand::Confirm => {
            let (now, before) = service.timekeeper().confirm_time(&Actor::command()).await?;
            format!("The time is {}. The earlier time, {}, is discarded.", written(now), written(before))
        }
    };
    Ok(writeln!(io::stdout(), "{report}")?)
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
