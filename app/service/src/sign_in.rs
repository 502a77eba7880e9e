//! Signing in with a password, and slowing down those who guess.
//!
//! Guessing is slowed twice. From one network address, failures for one account lead to a refusal that grows from a
//! second to five minutes: no hash is computed meanwhile. Across all addresses, an account's failures delay every attempt
//! by up to eight seconds: an outsider can slow its owner down a little, never lock them out.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use licensing::Span;

use crate::{
    Actor, Error, Origin, Result, Service, SignedIn,
    password::{self, Verdict},
    record::{Record, Subject},
    vault::sha256,
};

/// Failures that cost nothing.
const FREE: u32 = 4;
/// The longest refusal for one address, in seconds.
const LONGEST_REFUSAL: u64 = 300;
/// The longest delay for everyone, in seconds.
const LONGEST_DELAY: u64 = 8;
/// How long a failure is remembered.
const REMEMBERED: Span = Span::minutes(30);
/// How many pairs of address and account are remembered.
const MOST: usize = 10_000;

/// Failed attempts by account and address, in memory.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<HashMap<[u8; 32], Failures>>);

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: DateTime<Utc>,
}

impl Attempts {
    /// How many more seconds this pair must wait.
    fn wait(&self, pair: &[u8; 32], now: DateTime<Utc>) -> Option<u64> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = all.get(pair)?;
        let refused = doubling(failures.count.saturating_sub(FREE), LONGEST_REFUSAL);
        let until = Span::seconds(refused).after(failures.last);
        u64::try_from((until - now).num_milliseconds()).ok().filter(|ms| *ms > 0).map(|ms| ms.div_ceil(1000))
    }

    fn failed(&self, pair: [u8; 32], now: DateTime<Utc>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, f| REMEMBERED.after(f.last) > now);
        }
        if all.len() < MOST || all.contains_key(&pair) {
            let failures = all.entry(pair).or_insert(Failures { count: 0, last: now });
            if REMEMBERED.after(failures.last) <= now {
                failures.count = 0;
            }
            *failures = Failures { count: failures.count.saturating_add(1), last: now };
        }
    }

    fn succeeded(&self, pair: &[u8; 32]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(pair);
    }
}

/// 0, 1, 2, 4, 8, … seconds, up to `most`.
fn doubling(n: u32, most: u64) -> u64 {
    match n {
        0 => 0,
        n => 1_u64.checked_shl(n - 1).unwrap_or(most).min(most),
    }
}

impl Service {
    /// Signs a person in. An unknown address, a wrong password and a disabled account get the same answer after the same
    /// time.
    ///
    /// # Errors
    /// `Forbidden` where the address or the password is wrong; `Throttled` after too many failures from one place.
    pub async fn sign_in(&self, email: &str, given: &str, origin: Origin) -> Result<SignedIn> {
        let email = email.trim().to_lowercase();
        let place = origin.address.clone().unwrap_or_default();
        let pair = sha256(format!("{email}\n{place}").as_bytes());
        if let Some(seconds) = self.0.attempts.wait(&pair, self.clock().now()) {
            return Err(Error::Throttled(seconds));
        }
        let account = self.store().read().await?.on().account_by_email(&email).await?;
        let failures = account.as_ref().map_or(0, |a| u32::try_from(a.failures).unwrap_or(u32::MAX));
        tokio::time::sleep(Duration::from_secs(doubling(failures.saturating_sub(FREE), LONGEST_DELAY))).await;

        let usable = account.filter(|a| a.disabled_at.is_none());
        let hash = usable.as_ref().and_then(|a| a.password_hash.as_deref());
        let verdict = match given.len() {
            n if n > password::LONGEST => Verdict::Wrong,
            _ => self.0.hasher.check(given, hash).await?,
        };
        let fresh = match verdict {
            Verdict::RightButDated => Some(self.0.hasher.hash(given).await?),
            Verdict::Right | Verdict::Wrong => None,
        };
        let now = self.clock().now();
        let mut tx = self.store().begin().await?;
        let (Some(account), true) = (usable.as_ref(), verdict != Verdict::Wrong) else {
            self.0.attempts.failed(pair, now);
            if let Some(account) = &usable {
                tx.count_sign_in_failure(account.id, now).await?;
                let actor = Actor::anonymous(&account.name, origin);
                let subject = Subject::new("account", account.id, &account.name);
                Record::new(&actor, "account.sign_in_failed", subject).write(&mut tx, now).await?;
            }
            tx.commit().await?;
            return Err(Error::Forbidden(
                "The e-mail address or the password is wrong: check both and try again.".to_owned(),
            ));
        };
        self.0.attempts.succeeded(&pair);
        tx.forget_sign_in_failures(account.id).await?;
        if let Some(hash) = fresh {
            tx.set_password_hash(account.id, &hash).await?;
        }
        let actor = Actor::account(account.id, &account.name, origin);
        let subject = Subject::new("account", account.id, &account.name);
        Record::new(&actor, "account.signed_in", subject).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(SignedIn { id: account.id, name: account.name.clone(), role: account.role })
    }
}
