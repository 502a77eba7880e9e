//! `latchkey serve`: from the settings to the last answer.

mod body;
mod connection;
mod connections;
mod framing;
mod places;
mod watch;

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    time::{Duration, Instant},
};

use licensing::Span;
use service::{Clock, Service, Trust};
use store::Store;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::{AppState, Config, data, restore, router, site, time::whose_clock};
pub use connections::Connections;

/// How long the database gets to end what it has begun, once the last request is answered.
const CLOSING: Duration = Duration::from_secs(4);
/// How often what is left of expired logins and tokens, and of old decisions, is removed.
const SWEPT_EVERY: Duration = Duration::from_secs(3600);
/// How often the signing keys are read again, and the other instances told so.
const REFRESHED_EVERY: Duration = Duration::from_secs(10);

/// Why the server does not start. Each is a sentence for whoever starts it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken, or not ours.
    #[error("{address} cannot be listened on ({error}): stop what holds it, or set LATCHKEY_LISTEN")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The data folder or the sealing key.
    #[error(transparent)]
    Data(#[from] data::DataError),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::OpenError),
    /// What is in the database.
    #[error("the server cannot start: {0}")]
    Service(#[from] service::Error),
    /// The disk, while serving.
    #[error(
        "the disk under the database cannot be relied on: again and again, what was committed could not be synced to it; \
         nothing of that was confirmed; look at the system's log and replace the disk before the server is started again"
    )]
    Disk,
    /// The database knows of fewer places in the status lists than were given out.
    #[error(
        "the database is older than {}: it was restored from a backup, or is another one. Run `latchkey restore` first, so \
         that no place in the status lists is given out twice", .0.display()
    )]
    Older(std::path::PathBuf),
    /// The terminal or the system.
    #[error("the system refuses: {0}")]
    System(#[from] io::Error),
}

/// Opens the house with these settings.
///
/// # Errors
/// Where the data folder, the sealing key or the database will not do.
pub async fn open(config: &Config, clock: Clock) -> Result<Service, StartError> {
    let key = data::prepare(config).await?;
    let store = Store::open_with(config.database_url.as_str(), config.database_connections).await?;
    Ok(Service::open(store, &key.get()?, clock, config.public_url.to_string()).await?)
}

/// Serves until it is told to stop: Ctrl-C or SIGTERM. Then it takes no more connections, finishes what was begun, for ten
/// seconds at most, and closes the database. A second Ctrl-C ends it at once.
///
/// # Errors
/// Where it cannot start.
pub async fn serve(config: Config) -> Result<(), StartError> {
    let began = Instant::now();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let address = config.listen;
    let listener = TcpListener::bind(address).await.map_err(|error| StartError::Listen { address, error })?;
    let service = open(&config, Clock::system()).await?;
    restore::check(&service, &config.data_dir).await?;
    if let Err(missing) = site::pkg_dir() {
        tracing::warn!("{missing}; until then pages come without style and script");
    }
    welcome(&config, service.new_setup_link().await?.as_deref())?;
    let background = [
        tokio::spawn(sweep(service.clone(), (config.decisions, config.device_events))),
        tokio::spawn(refresh(service.clone())),
        tokio::spawn(keep_up(service.clone())),
    ];
    let mut connections = Connections::new(&config);
    let state = AppState::new(service.clone(), config);
    if !service.local_sign_in().await? && service.owners_at_providers().await?.is_empty() {
        tracing::warn!(
            "passwords are not taken, and no owner signs in at a provider of the settings: `latchkey accounts recover` lets one in"
        );
    }
    tokio::spawn(state.begin());
    let app = router(state);
    tracing::info!(listen = %address, ms = began.elapsed().as_millis(), "ready");

    let mut hopeless = false;
    tokio::select! {
        () = connections.accept(&listener, &app) => {}
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = service.store().hopeless() => {
            hopeless = true;
            tracing::error!("the disk does not keep what it is given");
        }
    }
    drop(listener);
    background.iter().for_each(JoinHandle::abort);
    tracing::info!("stopping: what was begun is finished");
    let finished = async {
        connections.finish().await;
        if timeout(CLOSING, service.close()).await.is_err() {
            tracing::warn!("the database did not close in time");
        }
    };
    tokio::select! {
        () = finished => tracing::info!("stopped"),
        _ = interrupt.recv() => tracing::warn!("stopped at once"),
    }
    if hopeless { Err(StartError::Disk) } else { Ok(()) }
}

/// Says where the server is, and how to become its owner. To the terminal and not to the log: the link is a secret.
fn welcome(config: &Config, setup: Option<&str>) -> io::Result<()> {
    let url = &config.public_url;
    let mut out = io::stdout().lock();
    writeln!(out, "Latchkey is at {url}")?;
    if let Some(token) = setup {
        writeln!(out, "\nIt has no owner yet. Open this link to create the owner account. Valid once, for one hour:")?;
        writeln!(out, "\n  {url}/first-start?token={token}\n")?;
    }
    out.flush()
}

async fn sweep(service: Service, (decisions, device_events): (Span, Span)) {
    let mut hours = interval(SWEPT_EVERY);
    loop {
        hours.tick().await;
        // What a clock that leapt calls expired may be good for days.
        if service.time() != Trust::Good {
            continue;
        }
        match service.sweep_logins().await {
            Ok(0) => {}
            Ok(logins) => tracing::info!(logins, "expired logins were removed"),
            Err(error) => tracing::warn!(%error, "expired logins could not be removed"),
        }
        if let Err(error) = service.sweep_sign_ons().await {
            tracing::warn!(%error, "what is left of sign-ins at providers could not be removed");
        }
        match service.sweep_calls().await {
            Ok(0) => {}
            Ok(calls) => tracing::info!(calls, "calls that are kept no more were forgotten"),
            Err(error) => tracing::warn!(%error, "calls that are kept no more could not be forgotten"),
        }
        match service.sweep_statuses().await {
            Ok(0) => {}
            Ok(entries) => tracing::info!(entries, "the status lists have forgotten tokens that ended long ago"),
            Err(error) => tracing::warn!(%error, "the status lists could not be swept"),
        }
        match service.sweep_decisions(decisions).await {
            Ok(0) => {}
            Ok(decisions) => tracing::info!(decisions, "decisions past their time were removed"),
            Err(error) => tracing::warn!(%error, "decisions past their time could not be removed"),
        }
        // A grant is found under its license by its event.
        match service.sweep_device_events(device_events.max(decisions)).await {
            Ok(0) => {}
            Ok(events) => tracing::info!(events, "events of devices that only came back were removed"),
            Err(error) => tracing::warn!(%error, "events of devices could not be removed"),
        }
    }
}

async fn refresh(service: Service) {
    let mut rounds = interval(REFRESHED_EVERY);
    // After an outage, one round and not all those that were missed.
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for round in 0_u64.. {
        rounds.tick().await;
        match service.keep_time().await {
            Ok(trust) => alarm(&service, trust, round),
            Err(error) => tracing::warn!(%error, "the mark of time could not be read or moved"),
        }
        if let Err(error) = service.refresh_keys().await {
            tracing::warn!(%error, "the signing keys could not be read again");
        }
        if let Err(error) = service.refresh_provider().await {
            tracing::warn!(%error, "the vendor's profile could not be read again");
        }
    }
}

/// Counts what there is, and brings the licenses of earlier versions into the form in which they are searched.
async fn keep_up(service: Service) {
    let mut folded: u64 = 0;
    loop {
        match service.fold_some_licenses().await {
            Ok(true) => folded += 1,
            Ok(false) => break,
            Err(error) => {
                tracing::warn!(%error, "licenses of an earlier version could not be made searchable: tried again in a minute");
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
        }
    }
    if folded > 0 {
        tracing::info!("the licenses of an earlier version can be searched now");
    }
    let mut rounds = interval(REFRESHED_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = service.refresh_counts().await {
            tracing::warn!(%error, "licenses and seats could not be counted");
        }
    }
}

/// Once a minute, while the clock cannot be believed.
fn alarm(service: &Service, trust: Trust, round: u64) {
    let said = match trust {
        Trust::Good => return,
        _ if !round.is_multiple_of(6) => return,
        Trust::Behind(by) => (by, "behind the time that was seen before"),
        Trust::Ahead(by) => (by, "ahead of the time that has passed"),
    };
    let (seconds, how) = (said.0.num_seconds(), said.1);
    tracing::error!(
        alarm = true,
        seconds,
        "the clock of {} is {how}: nothing is issued until it is mended, or an owner says `latchkey clock confirm`",
        whose_clock(service)
    );
}
