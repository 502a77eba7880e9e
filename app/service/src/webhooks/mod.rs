//! Webhooks: messages about events to addresses of the vendor's other systems.
//!
//! An event that a subscription may want gets a row in the outbox, in its own transaction. The fan-out makes deliveries of
//! the rows, and the server sends them. Each step commits before the next, so a crash at any time loses nothing; it may send
//! a message twice, which receivers recognize by its id.

mod challenge;
mod deliver;
mod envelope;
mod fan_out;
mod form;
mod messages;
mod secret;
mod subscriptions;
mod sweep;
mod verification;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use licensing::Span;
use store::Store;
use tokio::{sync::Notify, time::sleep};

pub use deliver::{Outgoing, Report};
pub use envelope::example;
pub use form::SubscriptionForm;
pub use messages::{MOST_REPLAYED, Replay};
pub use secret::WebhookSecret;

use crate::{Clock, activation::desk::DeskLoad, base::Base, crypto::vault::Vault};

/// Time for which webhooks let the activation desk go first, in multiples of the time that they have used.
const SHARE: u32 = 64;
const LONGEST_REST: Duration = Duration::from_secs(4);
/// Interval at which [`Webhooks::make_way`] checks the queue.
const LOOKS_EVERY: Duration = Duration::from_millis(10);

/// Settings for webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookSettings {
    /// `true` to accept addresses without TLS.
    pub plain_http: bool,
    /// Time after which a subscription is suspended if every delivery failed.
    pub suspend_after: Span,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self { plain_http: false, suspend_after: Span::days(5) }
    }
}

/// Subscriptions to webhooks, and their deliveries. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Webhooks {
    store: Store,
    clock: Clock,
    vault: Arc<Vault>,
    /// This server's public URL, the source of all messages.
    source: Arc<str>,
    settings: Arc<Mutex<WebhookSettings>>,
    /// Notified when a delivery has become due in this process.
    due: Arc<Notify>,
    /// Notified when attempts were recorded in this process.
    recorded: Arc<Notify>,
    desk_load: Arc<DeskLoad>,
}

impl Webhooks {
    pub(crate) fn new(base: &Base, source: Arc<str>, desk_load: Arc<DeskLoad>) -> Self {
        let Base { store, clock, vault } = base.clone();
        let (settings, due, recorded) = (Arc::default(), Arc::default(), Arc::default());
        Self { store, clock, vault, source, settings, due, recorded, desk_load }
    }

    /// Sets the settings.
    pub fn set_webhook_settings(&self, settings: WebhookSettings) {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    fn settings(&self) -> WebhookSettings {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This server's public URL, the source of all messages.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns when this process has work since the last call: events for the fan-out, or deliveries that are due.
    pub async fn has_work(&self) {
        tokio::select! {
            () = self.store.outbox_written() => {}
            () = self.due.notified() => {}
        }
    }

    /// Waits while requests queue for the activation desk: at most 64 times as long as `used`, the time for which the caller
    /// has just kept the database busy, and at most four seconds. So messages are late when every device asks at once.
    pub async fn make_way(&self, used: Duration) {
        let rest = (used * SHARE).min(LONGEST_REST);
        let began = Instant::now();
        while self.desk_load.is_high() && began.elapsed() < rest {
            sleep(LOOKS_EVERY).await;
        }
    }
}
