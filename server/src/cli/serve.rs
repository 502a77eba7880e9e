//! `latchkey serve`: startup, background tasks and shutdown.

use std::{
    io::{self, Write as _},
    sync::Arc,
    time::{Duration, Instant},
};

use licensing::Span;
use service::{Clock, Service, Trust};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::Notify,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::{
    AppState, Config,
    cli::{
        jobs, restore,
        start::{StartError, open},
    },
    clock_owner::clock_owner,
    http::connections::Connections,
    router,
    web::assets,
    webhooks,
};

/// Time limit for closing the database, once the last request is answered.
const CLOSING: Duration = Duration::from_secs(4);
/// Interval between removals of expired logins and tokens, and old decisions.
const SWEPT_EVERY: Duration = Duration::from_secs(3600);
/// Interval at which changes of followed pages are looked for.
const CHANGES_EVERY: Duration = Duration::from_secs(1);
/// Interval at which notices about ends of licenses are sent.
const NOTICES_EVERY: Duration = Duration::from_secs(60);
/// Interval at which signing keys are read again, and other instances are told which ones this one has published.
const REFRESHED_EVERY: Duration = Duration::from_secs(10);

/// Serves until Ctrl-C or SIGTERM. Then accepts no more connections, finishes requests in progress for up to ten
/// seconds, and closes the database. A second Ctrl-C stops at once.
///
/// # Errors
/// Returns an error if the server cannot start, or if the disk fails.
pub async fn serve(config: Config) -> Result<(), StartError> {
    let began = Instant::now();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let address = config.listen;
    let listener = TcpListener::bind(address).await.map_err(|error| StartError::Listen { address, error })?;
    let service = open(&config, Clock::system()).await?;
    restore::check(&service, &config.data_dir).await?;
    if let Err(missing) = assets::pkg_dir() {
        tracing::warn!("{missing}; until then, pages have no styles and scripts");
    }
    welcome(&config, service.accounts().new_setup_link().await?.as_deref())?;
    let background = [
        tokio::spawn(sweep(service.clone(), (config.decisions, config.device_events), config.webhooks)),
        tokio::spawn(refresh(service.clone())),
        tokio::spawn(keep_up(service.clone())),
        tokio::spawn(look_for_changes(service.clone())),
        tokio::spawn(send_notices(service.clone())),
    ];
    let stop_jobs = Arc::new(Notify::new());
    let jobs = tokio::spawn(jobs::run(service.clone(), Arc::clone(&stop_jobs)));
    let stop_webhooks = Arc::new(Notify::new());
    let webhooks = tokio::spawn(webhooks::run(service.clone(), &config, Arc::clone(&stop_webhooks)));
    let mut connections = Connections::new(&config);
    let state = AppState::new(service.clone(), config);
    if !service.local_sign_in().is_on().await? && service.local_sign_in().owners_at_providers().await?.is_empty() {
        tracing::warn!(
            "passwords are disabled, and no owner signs in at a configured provider: run `latchkey accounts recover` to regain access"
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
            tracing::error!("the disk does not store data reliably");
        }
    }
    drop(listener);
    background.iter().for_each(JoinHandle::abort);
    service.live().stop();
    tracing::info!("stopping; requests in progress are finished");
    let finished = async {
        stop_jobs.notify_one();
        stop_webhooks.notify_one();
        connections.finish().await;
        if let Err(error) = jobs.await {
            tracing::warn!(%error, "the worker of jobs did not end as it should");
        }
        if let Err(error) = webhooks.await {
            tracing::warn!(%error, "the worker of webhooks did not end as it should");
        }
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

/// Prints the server's URL, and the set-up link if there is no owner. Writes to the terminal and not to the log, since
/// the link is a secret.
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

async fn sweep(service: Service, (decisions, device_events): (Span, Span), webhooks: Span) {
    let mut hours = interval(SWEPT_EVERY);
    loop {
        hours.tick().await;
        // If the clock has leapt ahead, entries that look expired may be valid for days.
        if service.timekeeper().trust() != Trust::Good {
            continue;
        }
        match service.identity().sweep_logins().await {
            Ok(0) => {}
            Ok(logins) => tracing::info!(logins, "expired logins were removed"),
            Err(error) => tracing::warn!(%error, "expired logins could not be removed"),
        }
        if let Err(error) = service.identity().sweep_upstream_sessions().await {
            tracing::warn!(%error, "expired upstream sessions could not be removed");
        }
        match service.calls().sweep_calls().await {
            Ok(0) => {}
            Ok(calls) => tracing::info!(calls, "expired idempotency keys were removed"),
            Err(error) => tracing::warn!(%error, "expired idempotency keys could not be removed"),
        }
        match service.keys().sweep_statuses().await {
            Ok(0) => {}
            Ok(entries) => {
                tracing::info!(entries, "entries of tokens that expired long ago were removed from the status lists")
            }
            Err(error) => tracing::warn!(%error, "expired entries could not be removed from the status lists"),
        }
        match service.decisions().sweep_decisions(decisions).await {
            Ok(0) => {}
            Ok(decisions) => tracing::info!(decisions, "old decisions were removed"),
            Err(error) => tracing::warn!(%error, "old decisions could not be removed"),
        }
        // Events are kept at least as long as decisions, since a grant is found under its license by its event.
        match service.decisions().sweep_device_events(device_events.max(decisions)).await {
            Ok(0) => {}
            Ok(events) => tracing::info!(events, "old events of returning devices were removed"),
            Err(error) => tracing::warn!(%error, "old events of returning devices could not be removed"),
        }
        match service.webhooks().sweep_deliveries(webhooks).await {
            Ok(0) => {}
            Ok(deliveries) => tracing::info!(deliveries, "old deliveries of webhooks were removed"),
            Err(error) => tracing::warn!(%error, "old deliveries of webhooks could not be removed"),
        }
    }
}

async fn refresh(service: Service) {
    let mut rounds = interval(REFRESHED_EVERY);
    // After an outage, run one round instead of all that were missed.
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for round in 0_u64.. {
        rounds.tick().await;
        match service.timekeeper().keep_time().await {
            Ok(trust) => alarm(&service, trust, round),
            Err(error) => tracing::warn!(%error, "the time mark could not be read or updated"),
        }
        if let Err(error) = service.keys().refresh_keys().await {
            tracing::warn!(%error, "the signing keys could not be refreshed");
        }
        if let Err(error) = service.webhooks().refresh_webhooks().await {
            tracing::warn!(%error, "the subscriptions to webhooks could not be refreshed");
        }
        if let Err(error) = service.vendor().refresh_provider().await {
            tracing::warn!(%error, "the vendor's profile could not be refreshed");
        }
    }
}

/// Makes licenses of earlier versions searchable, and then refreshes the counts of licenses and seats.
async fn keep_up(service: Service) {
    let mut folded: u64 = 0;
    loop {
        match service.licenses().fold_some_licenses().await {
            Ok(true) => folded += 1,
            Ok(false) => break,
            Err(error) => {
                tracing::warn!(%error, "licenses of an earlier version could not be made searchable; trying again in a minute");
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
        }
    }
    if folded > 0 {
        tracing::info!("licenses of an earlier version are now searchable");
    }
    let mut rounds = interval(REFRESHED_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        match service.licenses().refresh_hints().await {
            Ok(true) => rounds.reset_immediately(),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "ends and seats in lists could not be refreshed"),
        }
        if let Err(error) = service.counter().refresh_counts().await {
            tracing::warn!(%error, "licenses and seats could not be counted");
        }
    }
}

/// Sends the notices about ends of licenses that have become due.
async fn send_notices(service: Service) {
    let mut rounds = interval(NOTICES_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        match service.licenses().send_notices().await {
            Ok(0) => {}
            Ok(notices) => tracing::info!(notices, "notices about ends of licenses were sent"),
            Err(error) => tracing::warn!(%error, "notices about ends of licenses could not be sent"),
        }
    }
}

/// Looks for changes of the pages that browsers follow.
async fn look_for_changes(service: Service) {
    let mut rounds = interval(CHANGES_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = service.live().look().await {
            tracing::debug!(%error, "changes of followed pages could not be read");
        }
    }
}

/// Logs an error once a minute while the clock cannot be trusted.
fn alarm(service: &Service, trust: Trust, round: u64) {
    let offset = match trust {
        Trust::Good => return,
        _ if !round.is_multiple_of(6) => return,
        Trust::Behind(by) => (by, "behind the time it showed before"),
        Trust::Ahead(by) => (by, "ahead of the elapsed time"),
    };
    let (seconds, how) = (offset.0.num_seconds(), offset.1);
    tracing::error!(
        alarm = true,
        seconds,
        "the clock of {} is {how}: no tokens are issued until it is corrected, or an owner runs `latchkey clock confirm`",
        clock_owner(service)
    );
}
