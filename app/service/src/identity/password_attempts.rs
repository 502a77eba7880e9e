//! Password checks in progress, each counted as a failure until the password proves right.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use store::Store;
use uuid::Uuid;

use super::failed_sign_ins::{FailedAttempts, Keys, REMEMBERED, UnderWay};
use crate::{
    Clock, Error, Origin, Result,
    base::Base,
    crypto::{password::Lane, vault::Vault},
    rate_limit::{Bucket, Limit, RateLimits, network},
};

/// Begins and ends password checks. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct PasswordAttempts {
    store: Store,
    clock: Clock,
    vault: Arc<Vault>,
    failed_attempts: Arc<FailedAttempts>,
    rate_limits: Arc<RateLimits>,
}

/// A password check in progress, counted as a failure until the password proves right.
pub(crate) struct PasswordAttempt {
    keys: Keys,
    pub(crate) lane: Lane,
    bucket: Option<Bucket>,
    _under_way: Option<UnderWay>,
}

impl PasswordAttempts {
    pub(crate) fn new(base: &Base, rate_limits: Arc<RateLimits>) -> Self {
        let Base { store, clock, vault } = base.clone();
        Self { store, clock, vault, failed_attempts: Arc::default(), rate_limits }
    }

    /// Counts a password as wrong before it is checked, and waits as long as the account's failures demand. `device` is
    /// the id of a browser or login that has proved itself before.
    ///
    /// # Errors
    /// `Throttled` after too many failures from there.
    pub(crate) async fn begin(&self, email: &str, device: Option<Uuid>, origin: &Origin) -> Result<PasswordAttempt> {
        let network = network(origin.address.as_deref());
        let bucket = Bucket::Network(network);
        let now = self.clock.now();
        let place = device.map_or_else(|| network.to_string(), |device| device.to_string());
        let keys = Keys {
            account: self.vault.sign_in_hmac(&[email.as_bytes()]),
            pair: self.vault.sign_in_hmac(&[email.as_bytes(), place.as_bytes()]),
        };
        let limits = &self.rate_limits;
        let under_way = match device {
            Some(_) => None,
            None => Some(self.failed_attempts.enter(network).await.ok_or(Error::Throttled(1))?),
        };
        if under_way.is_some()
            && let Some(seconds) = limits.wait(Limit::FailedSignIn, bucket, now)
        {
            return Err(Error::Throttled(seconds));
        }
        let mut reading = self.store.read().await?;
        let stored = reading.on().failed_sign_ins([&keys.account, &keys.pair], REMEMBERED.before(now)).await?;
        drop(reading);
        self.failed_attempts.learn(&keys, &stored);
        let delay = self.failed_attempts.begin(&keys, now).map_err(Error::Throttled)?;
        let Some(under_way) = under_way else {
            return Ok(PasswordAttempt { keys, lane: Lane::Known, bucket: None, _under_way: None });
        };
        limits.take(Limit::FailedSignIn, bucket, now).map_err(Error::Throttled)?;
        tokio::time::sleep(Duration::from_secs(delay)).await;
        Ok(PasswordAttempt { keys, lane: Lane::Anyone, bucket: Some(bucket), _under_way: Some(under_way) })
    }

    /// Counts a wrong password for all instances: for the address, and for the address and place together.
    pub(crate) async fn count_failed(
        &self,
        attempt: &PasswordAttempt,
        tx: &mut store::Tx,
        now: DateTime<Utc>,
    ) -> Result<()> {
        for key in [attempt.keys.pair, attempt.keys.account] {
            tx.count_failed_sign_in(&key, now, REMEMBERED.before(now)).await?;
        }
        Ok(())
    }

    /// Clears the failures, after a right password.
    pub(crate) async fn passed(&self, attempt: &PasswordAttempt, tx: &mut store::Tx) -> Result<()> {
        for key in [attempt.keys.pair, attempt.keys.account] {
            tx.forget_failed_sign_ins(&key).await?;
        }
        if let Some(bucket) = attempt.bucket {
            self.rate_limits.refund(Limit::FailedSignIn, bucket);
        }
        self.failed_attempts.succeeded(&attempt.keys);
        Ok(())
    }
}
