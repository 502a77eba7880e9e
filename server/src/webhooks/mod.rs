//! The background worker that sends webhooks: it makes deliveries of new events, and sends those that are due.

mod send;

use std::{
    collections::HashMap,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use service::{Report, Service};
use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{sleep, timeout},
};
use uuid::Uuid;

use crate::{Config, outbound::PublicClient};

/// Interval at which the worker looks for work of other instances, and for attempts that have become due.
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// Pause after the database failed.
const PAUSE: Duration = Duration::from_secs(5);
/// Maximum number of attempts at the same time, in total and to one subscription.
const MOST: usize = 64;
const MOST_EACH: usize = 4;
/// Time for which attempts in progress may go on after the server was asked to stop. Others are repeated later.
const LAST: Duration = Duration::from_secs(5);

/// Sends webhooks until `stop` is notified.
pub fn run(service: Service, config: &Config, stop: Arc<Notify>) -> impl Future<Output = ()> + Send + use<> {
    let client = PublicClient::new(config.webhook_http, &config.webhook_networks);
    Worker { service, client, sending: JoinSet::new(), in_flight: HashMap::new() }.run(stop)
}

struct Worker {
    service: Service,
    client: PublicClient,
    sending: JoinSet<Report>,
    in_flight: HashMap<Uuid, usize>,
}

impl Worker {
    async fn run(mut self, stop: Arc<Notify>) {
        if let Err(error) = self.service.webhooks().take_over_deliveries().await {
            tracing::warn!(%error, "webhooks of a previous process could not be taken over");
        }
        let stopped = stop.notified();
        tokio::pin!(stopped);
        stopped.as_mut().enable();
        loop {
            let rest = match self.work().await {
                Ok(true) => Duration::ZERO,
                Ok(false) => LOOKS_EVERY,
                Err(error) => {
                    tracing::warn!(%error, "webhooks could not be sent; trying again");
                    PAUSE
                }
            };
            let service = self.service.clone();
            tokio::select! {
                biased;
                () = &mut stopped => break,
                Some(first) = self.sending.join_next(), if !self.sending.is_empty() => self.record(first).await,
                _ = timeout(rest, service.webhooks().has_work()) => {}
            }
        }
        let last = async {
            while let Some(first) = self.sending.join_next().await {
                self.record(first).await;
            }
        };
        // The claims of unfinished attempts end by themselves.
        drop(timeout(LAST, last).await);
    }

    /// Makes deliveries of some events, and begins to send those that are due. Both in turn, since a rush has no last event.
    /// Returns `true` if there may be more events.
    async fn work(&mut self) -> service::Result<bool> {
        let webhooks = self.service.webhooks();
        let more = self.making_way(webhooks.fan_out()).await?;
        let room = MOST.saturating_sub(self.sending.len());
        let claimed = self.making_way(webhooks.claim_deliveries(room, (&self.in_flight, MOST_EACH))).await?;
        for message in claimed {
            *self.in_flight.entry(message.subscription).or_default() += 1;
            let (client, source) = (self.client.clone(), webhooks.source().to_owned());
            self.sending.spawn(async move { send::attempt(&client, &source, message).await });
        }
        Ok(more)
    }

    /// Does a piece of work in the database, and then lets the activation desk go first.
    async fn making_way<T>(&self, work: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let done = work.await;
        self.service.webhooks().make_way(began.elapsed()).await;
        done
    }

    /// Records the results of all attempts that have ended. Together, since SQLite has one writer, which the desk needs.
    async fn record(&mut self, first: Result<Report, tokio::task::JoinError>) {
        let mut ended = vec![first];
        while let Some(next) = self.sending.try_join_next() {
            ended.push(next);
        }
        let mut reports = vec![];
        for report in ended {
            match report {
                Ok(report) => reports.push(report),
                Err(error) => tracing::error!(%error, "an attempt at a webhook did not end as it should"),
            }
        }
        for report in &reports {
            if let Some(n) = self.in_flight.get_mut(&report.subscription) {
                *n = n.saturating_sub(1);
            }
        }
        if self.sending.is_empty() {
            self.in_flight.clear();
        }
        if let Err(error) = self.making_way(self.service.webhooks().record_attempts(reports)).await {
            tracing::warn!(%error, "results of webhooks could not be recorded; they are sent again");
            sleep(PAUSE).await;
        }
    }
}
