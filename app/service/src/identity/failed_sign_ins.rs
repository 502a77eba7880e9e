//! Counts of failed sign-ins, to slow down guessing.
//!
//! An attempt is counted in memory as it begins, so that parallel attempts all count, and in the database once it has
//! failed, so that neither a restart nor another instance loses it.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use licensing::Span;
use store::failed_sign_ins::FailedSignIns;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Failures without a penalty.
const FREE: u32 = 4;
/// Longest refusal for one network or device, in seconds.
const LONGEST_REFUSAL: u64 = 300;
/// Longest delay of all sign-ins of an account, in seconds.
const LONGEST_DELAY: u64 = 8;
/// Time for which a failure is remembered.
pub(crate) const REMEMBERED: Span = Span::minutes(30);
/// Maximum number of accounts, and of pairs of account and network, that are remembered.
const MOST: usize = 10_000;
/// Maximum number of sign-ins in progress per network.
const AT_ONCE: usize = 2;
/// Maximum number of further sign-ins per network that wait, as when an office begins its day.
const WAITING: usize = 8;
/// Longest wait: shorter than a request's time limit.
const PATIENCE: Duration = Duration::from_secs(5);

/// The keyed hashes under which failures are counted; `pair` covers both the address and the network or device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys {
    pub(crate) account: [u8; 32],
    pub(crate) pair: [u8; 32],
}

/// Failed sign-ins, by account and by pair of account and network or device. They are counted even if no such account
/// exists.
#[derive(Debug, Default)]
pub(crate) struct FailedAttempts {
    failed: Mutex<Remembered>,
    under_way: UnderWayOf,
}

type UnderWayOf = Arc<Mutex<HashMap<IpAddr, OfNetwork>>>;

/// The sign-ins of one network.
#[derive(Debug)]
struct OfNetwork {
    /// Sign-ins in progress or waiting.
    count: usize,
    places: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Remembered {
    accounts: Failures,
    pairs: Failures,
}

#[derive(Debug, Default)]
struct Failures(HashMap<[u8; 32], Failure>);

#[derive(Clone, Copy, Debug)]
struct Failure {
    count: u32,
    last: DateTime<Utc>,
}

/// A sign-in in progress. Dropping it lets another one of its network proceed.
#[derive(Debug)]
pub(crate) struct UnderWay {
    _place: OwnedSemaphorePermit,
    _counted: Counted,
}

/// A sign-in in progress or waiting.
#[derive(Debug)]
struct Counted {
    network: IpAddr,
    all: UnderWayOf,
}

impl FailedAttempts {
    /// Waits until fewer than two sign-ins of this network are in progress. `None` if too many are waiting, or after
    /// the longest wait.
    pub(crate) async fn enter(&self, network: IpAddr) -> Option<UnderWay> {
        let (places, counted) = self.count_in(network)?;
        let place = timeout(PATIENCE, places.acquire_owned()).await.ok()?.ok()?;
        Some(UnderWay { _place: place, _counted: counted })
    }

    fn count_in(&self, network: IpAddr) -> Option<(Arc<Semaphore>, Counted)> {
        let mut all = lock(&self.under_way);
        let fresh = || OfNetwork { count: 0, places: Arc::new(Semaphore::new(AT_ONCE)) };
        let of_network = all.entry(network).or_insert_with(fresh);
        if of_network.count >= AT_ONCE + WAITING {
            return None;
        }
        of_network.count += 1;
        Some((Arc::clone(&of_network.places), Counted { network, all: Arc::clone(&self.under_way) }))
    }

    /// Counts an attempt as failed in advance, so that parallel attempts all count; [`succeeded`](Self::succeeded)
    /// takes it back. Returns the delay in seconds.
    ///
    /// # Errors
    /// The seconds left to wait, if it comes too soon after others from the same place. Nothing is counted then.
    pub(crate) fn begin(&self, keys: &Keys, now: DateTime<Utc>) -> Result<u64, u64> {
        let mut all = lock(&self.failed);
        all.pairs.wait(&keys.pair, now).map_or(Ok(()), Err)?;
        all.pairs.count(keys.pair, now);
        let failures = all.accounts.count(keys.account, now);
        Ok(doubling(failures.saturating_sub(FREE), LONGEST_DELAY))
    }

    /// Merges what the database has stored for these keys into memory.
    pub(crate) fn learn(&self, keys: &Keys, stored: &[FailedSignIns]) {
        let mut all = lock(&self.failed);
        for row in stored {
            let count = u32::try_from(row.failures).unwrap_or(u32::MAX);
            if row.key == keys.account {
                all.accounts.learn(keys.account, count, row.failed_at);
            } else if row.key == keys.pair {
                all.pairs.learn(keys.pair, count, row.failed_at);
            }
        }
    }

    /// Clears the failures of an account after a sign-in from this place.
    pub(crate) fn succeeded(&self, keys: &Keys) {
        let mut all = lock(&self.failed);
        all.accounts.0.remove(&keys.account);
        all.pairs.0.remove(&keys.pair);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut all = lock(&self.all);
        if let Some(of_network) = all.get_mut(&self.network) {
            of_network.count = of_network.count.saturating_sub(1);
            if of_network.count == 0 {
                all.remove(&self.network);
            }
        }
    }
}

impl Failures {
    /// Returns the seconds that this key must wait, if any.
    fn wait(&mut self, key: &[u8; 32], now: DateTime<Utc>) -> Option<u64> {
        let failure = self.0.get_mut(key)?;
        // If the clock was set back, nobody has to wait longer.
        failure.last = failure.last.min(now);
        let until = Span::seconds(doubling(failure.count.saturating_sub(FREE), LONGEST_REFUSAL)).after(failure.last);
        u64::try_from((until - now).num_milliseconds()).ok().filter(|ms| *ms > 0).map(|ms| ms.div_ceil(1000))
    }

    /// Counts a failure. Returns the number of earlier ones.
    fn count(&mut self, key: [u8; 32], now: DateTime<Utc>) -> u32 {
        self.make_room(now);
        let known = self.0.get(&key).filter(|f| REMEMBERED.after(f.last) > now);
        let before = known.map_or(0, |f| f.count);
        self.0.insert(key, Failure { count: before.saturating_add(1), last: now });
        before
    }

    fn learn(&mut self, key: [u8; 32], count: u32, last: DateTime<Utc>) {
        self.make_room(last);
        let known = self.0.entry(key).or_insert(Failure { count, last });
        if count > known.count {
            *known = Failure { count, last: last.max(known.last) };
        }
    }

    /// Removes old entries and, if that is not enough, those with the fewest failures: a flood of addresses that are
    /// tried once each must not evict one that is under attack.
    fn make_room(&mut self, now: DateTime<Utc>) {
        if self.0.len() < MOST {
            return;
        }
        self.0.retain(|_, f| REMEMBERED.after(f.last) > now);
        if self.0.len() >= MOST {
            let mut counts: Vec<u32> = self.0.values().map(|f| f.count).collect();
            let middle = counts.len() / 2;
            let (_, median, _) = counts.select_nth_unstable(middle);
            let median = *median;
            self.0.retain(|_, f| f.count > median);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns 0, 1, 2, 4, 8, … seconds, up to `most`.
fn doubling(n: u32, most: u64) -> u64 {
    match n {
        0 => 0,
        n => 1_u64.checked_shl(n - 1).unwrap_or(most).min(most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap_or_default()
    }

    fn keys(email: &str, place: &str) -> Keys {
        let hash = |text: String| crate::crypto::vault::sha256(text.as_bytes());
        Keys { account: hash(email.to_owned()), pair: hash(format!("{email} {place}")) }
    }

    #[test]
    fn refusals_double_up_to_five_minutes() {
        let failed_attempts = FailedAttempts::default();
        let ada = keys("ada@example.com", "192.0.2.1");
        let (mut now, mut refused) = (0, vec![]);
        for _ in 0..16 {
            while let Err(seconds) = failed_attempts.begin(&ada, at(now)) {
                refused.push(seconds);
                let just_before = at(now - 1 + i64::try_from(seconds).unwrap());
                assert_eq!(failed_attempts.begin(&ada, just_before), Err(1));
                now += i64::try_from(seconds).unwrap();
            }
        }
        assert_eq!(refused, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    }

    #[test]
    fn an_account_is_delayed_by_failures_from_everywhere_whether_it_exists_or_not() {
        let failed_attempts = FailedAttempts::default();
        let begin = |email, n: u32| failed_attempts.begin(&keys(email, &n.to_string()), at(0));
        let delays: Vec<_> = (0..12).map(|n| begin("nobody@example.com", n).unwrap()).collect();
        assert_eq!(delays, [0, 0, 0, 0, 0, 1, 2, 4, 8, 8, 8, 8]);
        assert_eq!(begin("ada@example.com", 1), Ok(0), "another account is not delayed");
    }

    #[test]
    fn success_and_half_an_hour_forget_failures() {
        let failed_attempts = FailedAttempts::default();
        let ada = keys("ada@example.com", "192.0.2.1");
        let fail = |now| failed_attempts.begin(&ada, at(now));
        (0..5).for_each(|_| assert_eq!(fail(0), Ok(0)));
        failed_attempts.succeeded(&ada);
        (0..5).for_each(|_| assert_eq!(fail(0), Ok(0)));
        assert_eq!(fail(0), Err(1));
        assert_eq!(fail(1800), Ok(0));
        assert_eq!(fail(1800), Ok(0), "the count started again");
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out_for_longer() {
        let failed_attempts = FailedAttempts::default();
        let fail = |now| failed_attempts.begin(&keys("ada@example.com", "192.0.2.1"), at(now));
        (0..5).for_each(|_| assert_eq!(fail(0), Ok(0)));
        assert_eq!(fail(-86_400), Err(1));
        assert!(fail(-86_399).is_ok());
    }

    #[test]
    fn a_flood_of_other_addresses_does_not_make_it_forget_one_that_is_tried_in_earnest() {
        let failed_attempts = FailedAttempts::default();
        let ada = keys("ada@example.com", "192.0.2.1");
        (0..5).for_each(|_| assert_eq!(failed_attempts.begin(&ada, at(0)), Ok(0)));
        for n in 0..3 * MOST {
            failed_attempts.begin(&keys(&format!("{n}@example.com"), "192.0.2.1"), at(0)).unwrap();
        }
        assert_eq!(failed_attempts.begin(&ada, at(0)), Err(1));
        let all = failed_attempts.failed.lock().unwrap();
        assert!(all.pairs.0.len() <= MOST && all.accounts.0.len() <= MOST);
    }

    #[test]
    fn what_the_database_knows_counts_and_never_lowers_what_this_instance_knows() {
        let (failed_attempts, ada) = (FailedAttempts::default(), keys("ada@example.com", "192.0.2.1"));
        let stored = |failures| {
            [ada.account, ada.pair].map(|key| FailedSignIns { key: key.to_vec(), failures, failed_at: at(0) })
        };
        failed_attempts.learn(&ada, &stored(5));
        assert_eq!(failed_attempts.begin(&ada, at(0)), Err(1));
        failed_attempts.learn(&ada, &stored(1));
        assert_eq!(failed_attempts.begin(&ada, at(0)), Err(1));
        let elsewhere = keys("ada@example.com", "192.0.2.2");
        assert_eq!(failed_attempts.begin(&elsewhere, at(0)), Ok(1), "from elsewhere it is delayed alone");
    }

    #[tokio::test]
    async fn a_network_has_two_sign_ins_under_way_and_a_few_that_wait() {
        let failed_attempts = FailedAttempts::default();
        let enter = |address: &str| Box::pin(failed_attempts.enter(address.parse().unwrap()));
        let (first, second) = (enter("192.0.2.1").await.unwrap(), enter("192.0.2.1").await.unwrap());
        let mut waiting: Vec<_> = (0..WAITING).map(|_| enter("192.0.2.1")).collect();
        for one in &mut waiting {
            assert!(timeout(Duration::ZERO, one).await.is_err(), "it waits");
        }
        assert!(enter("192.0.2.1").await.is_none(), "that is too many");
        assert!(enter("192.0.2.2").await.is_some(), "other networks are not affected");
        drop(first);
        let next = waiting.remove(0).await;
        assert!(next.is_some());
        drop((second, next, waiting));
        assert!(failed_attempts.under_way.lock().unwrap().is_empty());
    }
}
