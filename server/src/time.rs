//! `latchkey clock`: what an owner does when the server does not believe its clock. Works beside a running server,
//! which heeds it within ten seconds.

use std::io::{self, Write as _};

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;
use service::{Actor, Clock, Error, Service, Trust, store::Engine};

use crate::{
    Config,
    serve::{self, StartError},
};

/// What is to be done about the clock.
#[derive(Debug, Subcommand)]
pub enum Work {
    /// Say what time it is here, and whether the server believes it
    Show,
    /// Say that the time is right; what was seen before is forgotten
    Confirm,
}

/// Why it was not done. Each is a sentence.
#[derive(Debug, thiserror::Error)]
pub enum TimeError {
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
pub async fn work(config: &Config, work: Work) -> Result<(), TimeError> {
    let service = serve::open(config, Clock::system()).await?;
    let done = done(&service, &work).await;
    service.close().await;
    done
}

async fn done(service: &Service, work: &Work) -> Result<(), TimeError> {
    let said = match work {
        Work::Show => {
            let now = written(service.clock().now());
            match service.time() {
                Trust::Good => format!("It is {now}, and that is believed."),
                Trust::Behind(by) => format!(
                    "The clock of {} says {now}: {} seconds behind what was seen before. Nothing is issued.",
                    whose_clock(service),
                    by.num_seconds()
                ),
                Trust::Ahead(by) => format!(
                    "The clock of {} says {now}: {} seconds ahead of the time that has passed. Nothing is issued.",
                    whose_clock(service),
                    by.num_seconds()
                ),
            }
        }
        Work::Confirm => {
            let (now, before) = service.confirm_time(&Actor::command()).await?;
            format!("It is {}; what was seen before, {}, is forgotten.", written(now), written(before))
        }
    };
    Ok(writeln!(io::stdout(), "{said}")?)
}

/// Whose clock counts: on PostgreSQL the database server's, so that all instances go by one.
pub(crate) fn whose_clock(service: &Service) -> &'static str {
    match service.store().engine() {
        Engine::Sqlite => "this machine",
        Engine::Postgres => "the database server",
    }
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
