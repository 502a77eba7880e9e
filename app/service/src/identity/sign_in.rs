//! Signing in with a password, and slowing down guessing.
//!
//! After failures for one account from one network, further attempts from there are refused for a time that grows from
//! a second to five minutes; no hash is computed meanwhile. An account's failures from all networks together delay
//! every attempt by up to eight seconds, so an outsider can slow its owner down a little, but never lock them out.
//! Whatever the address, a network has at most two sign-ins in progress and a budget of failures, so that it cannot
//! monopolize the hasher. A browser in which the account was signed in before is limited by its own failures only, and
//! does not queue behind strangers.

use std::time::Duration;

use chrono::{DateTime, Utc};
use licensing::{Span, email::lookup_form};
use serde::{Deserialize, Serialize};
use store::accounts::Account;
use uuid::Uuid;

use crate::{
    Actor, Error, Origin, Result, SealedCookie, Service, SignedIn,
    accounts::turned_off,
    audit::{Record, Subject},
    crypto::password::{self, Lane, Verdict},
    identity::failed_sign_ins::{Keys, REMEMBERED, UnderWay},
    rate_limit::{Bucket, Limit, network},
};

/// Time for which a browser is remembered after the last sign-in there.
pub const DEVICE_KNOWN_FOR: Span = Span::days(180);

/// A browser in which an account was signed in.
#[derive(Serialize, Deserialize)]
struct KnownDevice {
    account: Uuid,
    id: Uuid,
    since: DateTime<Utc>,
}

/// A password check in progress, counted as a failure until the password proves right.
pub(crate) struct Trial {
    keys: Keys,
    pub(crate) lane: Lane,
    bucket: Option<Bucket>,
    _under_way: Option<UnderWay>,
}

impl Service {
    /// Signs a person in with a password. An unknown address, a wrong password and a disabled account get the same
    /// answer, after the same delay and hash, which dominate the response time. `device` is the value that
    /// [`know_device`](Self::know_device) gave this browser before.
    ///
    /// # Errors
    /// `Forbidden` if the address or the password is wrong; `Throttled` after too many failures from one place;
    /// `Conflict` if password sign-in is disabled.
    pub async fn sign_in(&self, email: &str, given: &str, device: Option<&str>, origin: Origin) -> Result<SignedIn> {
        if !self.local_sign_in().await? {
            return Err(turned_off());
        }
        // No account has such a password. Answering before any look-up or count means that the answer reveals nothing.
        if given.len() > password::LONGEST {
            return Err(wrong());
        }
        let email = lookup_form(email);
        let device = self.device_of(device, &email).await?;
        let trial = self.begin_trial(&email, device, &origin).await?;

        let account = self.store().read().await?.on().account_by_email(&email).await?;
        let usable = account.filter(|a| a.disabled_at.is_none());
        let hash = usable.as_ref().and_then(|a| a.password_hash.as_deref());
        let verdict = self.0.hasher.check(given, hash, trial.lane).await?;
        let Some(account) = usable.filter(|_| verdict != Verdict::Wrong) else {
            return Err(self.failed(&trial, &email, origin).await?);
        };
        let fresh = match verdict {
            Verdict::RightButDated => Some(self.0.hasher.hash(given).await?),
            Verdict::Right | Verdict::Wrong => None,
        };
        let mut tx = self.store().begin().await?;
        let now = self.clock().now();
        self.passed(&trial, &mut tx).await?;
        tx.forget_sign_in_failures(account.id).await?;
        if let Some(hash) = fresh {
            tx.set_password_hash(account.id, &hash).await?;
        }
        let subject = Subject::new("account", account.id, &account.name);
        let actor = Actor::account(account.id, &account.name, origin);
        Record::new(&actor, "account.signed_in", subject).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(SignedIn { id: account.id, name: account.name, role: account.role })
    }

    /// Returns the sealed text by which a browser is recognized as one in which this account was signed in. It grants
    /// no access.
    pub fn know_device(&self, account: Uuid) -> Result<String> {
        let clock = self.clock();
        self.seal_cookie(SealedCookie::Device, &KnownDevice { account, id: clock.id(), since: clock.now() })
    }

    /// The id of this browser, if the account with that address was signed in there.
    async fn device_of(&self, device: Option<&str>, email: &str) -> Result<Option<Uuid>> {
        let opened = device.and_then(|text| self.open_cookie::<KnownDevice>(SealedCookie::Device, text));
        let Some(known) = opened.filter(|known| DEVICE_KNOWN_FOR.after(known.since) > self.clock().now()) else {
            return Ok(None);
        };
        let account = self.store().read().await?.on().account_by_email(email).await?;
        Ok(account.filter(|account| account.id == known.account).map(|_| known.id))
    }

    /// Counts a password as wrong before it is checked, and waits as long as the account's failures demand. `device` is
    /// the id of a browser or login that has proved itself before.
    ///
    /// # Errors
    /// `Throttled` after too many failures from there.
    pub(crate) async fn begin_trial(&self, email: &str, device: Option<Uuid>, origin: &Origin) -> Result<Trial> {
        let network = network(origin.address.as_deref());
        let bucket = Bucket::Network(network);
        let now = self.clock().now();
        let place = device.map_or_else(|| network.to_string(), |device| device.to_string());
        let keys = Keys {
            account: self.0.vault.sign_in_hmac(&[email.as_bytes()]),
            pair: self.0.vault.sign_in_hmac(&[email.as_bytes(), place.as_bytes()]),
        };
        let limits = self.rate_limits();
        let under_way = match device {
            Some(_) => None,
            None => Some(self.0.failed_attempts.enter(network).await.ok_or(Error::Throttled(1))?),
        };
        if under_way.is_some()
            && let Some(seconds) = limits.wait(Limit::FailedSignIn, bucket, now)
        {
            return Err(Error::Throttled(seconds));
        }
        let mut reading = self.store().read().await?;
        let stored = reading.on().failed_sign_ins([&keys.account, &keys.pair], REMEMBERED.before(now)).await?;
        drop(reading);
        self.0.failed_attempts.learn(&keys, &stored);
        let delay = self.0.failed_attempts.begin(&keys, now).map_err(Error::Throttled)?;
        let Some(under_way) = under_way else {
            return Ok(Trial { keys, lane: Lane::Known, bucket: None, _under_way: None });
        };
        limits.take(Limit::FailedSignIn, bucket, now).map_err(Error::Throttled)?;
        tokio::time::sleep(Duration::from_secs(delay)).await;
        Ok(Trial { keys, lane: Lane::Anyone, bucket: Some(bucket), _under_way: Some(under_way) })
    }

    /// Counts a wrong password for all instances: for the address, and for the address and place together.
    pub(crate) async fn count_failed(&self, trial: &Trial, tx: &mut store::Tx, now: DateTime<Utc>) -> Result<()> {
        for key in [trial.keys.pair, trial.keys.account] {
            tx.count_failed_sign_in(&key, now, REMEMBERED.before(now)).await?;
        }
        Ok(())
    }

    /// Clears the failures, after a right password.
    pub(crate) async fn passed(&self, trial: &Trial, tx: &mut store::Tx) -> Result<()> {
        for key in [trial.keys.pair, trial.keys.account] {
            tx.forget_failed_sign_ins(&key).await?;
        }
        if let Some(bucket) = trial.bucket {
            self.rate_limits().refund(Limit::FailedSignIn, bucket);
        }
        self.0.failed_attempts.succeeded(&trial.keys);
        Ok(())
    }

    /// Records a failed sign-in. An unknown address costs a transaction too, so that the response time reveals nothing.
    async fn failed(&self, trial: &Trial, email: &str, origin: Origin) -> Result<Error> {
        let mut tx = self.store().begin().await?;
        let now = self.clock().now();
        self.count_failed(trial, &mut tx, now).await?;
        let account = tx.on().account_by_email(email).await?;
        if let Some(Account { id, name, .. }) = account.filter(|account| account.disabled_at.is_none()) {
            tx.count_sign_in_failure(id, now).await?;
            let actor = Actor::anonymous(&name, origin);
            Record::new(&actor, "account.sign_in_failed", Subject::new("account", id, &name))
                .write(&mut tx, now)
                .await?;
        }
        tx.commit().await?;
        Ok(wrong())
    }
}

fn wrong() -> Error {
    Error::Forbidden("The e-mail address or the password is wrong: check both and try again.".to_owned())
}
