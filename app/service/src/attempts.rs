//! Failed sign-ins, remembered in memory, so that guessing takes its time.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use licensing::Span;

use crate::vault::sha256;

/// Failures that cost nothing.
const FREE: u32 = 4;
/// The longest refusal for one address, in seconds.
const LONGEST_REFUSAL: u64 = 300;
/// The longest delay for everyone, in seconds.
const LONGEST_DELAY: u64 = 8;
/// How long a failure is remembered.
const REMEMBERED: Span = Span::minutes(30);
/// How many accounts, and how many pairs of account and address, are remembered.
const MOST: usize = 10_000;

/// Failed sign-ins, by account and by account and network address. It does not matter whether there is such an account.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<Remembered>);

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

impl Attempts {
    /// Counts an attempt as failed, until [`succeeded`](Self::succeeded) says that it was not: a hundred at once are a
    /// hundred. Gives the seconds by which it is to be delayed.
    ///
    /// # Errors
    /// The seconds left to wait, where it comes too soon after others from the same address. Nothing is counted then.
    pub(crate) fn begin(&self, email: &str, address: &str, now: DateTime<Utc>) -> Result<u64, u64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.pairs.wait(&pair(email, address), now).map_or(Ok(()), Err)?;
        all.pairs.count(pair(email, address), now);
        let failures = all.accounts.count(sha256(email.as_bytes()), now);
        Ok(doubling(failures.saturating_sub(FREE), LONGEST_DELAY))
    }

    /// Forgets the failures of an account that was signed in to from this address.
    pub(crate) fn succeeded(&self, email: &str, address: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.accounts.0.remove(&sha256(email.as_bytes()));
        all.pairs.0.remove(&pair(email, address));
    }
}

impl Failures {
    /// How many more seconds this key must wait.
    fn wait(&mut self, key: &[u8; 32], now: DateTime<Utc>) -> Option<u64> {
        let failure = self.0.get_mut(key)?;
        // A clock that was set back makes nobody wait longer.
        failure.last = failure.last.min(now);
        let until = Span::seconds(doubling(failure.count.saturating_sub(FREE), LONGEST_REFUSAL)).after(failure.last);
        u64::try_from((until - now).num_milliseconds()).ok().filter(|ms| *ms > 0).map(|ms| ms.div_ceil(1000))
    }

    /// Counts a failure. Gives the number of those before it.
    fn count(&mut self, key: [u8; 32], now: DateTime<Utc>) -> u32 {
        if self.0.len() >= MOST {
            self.make_room(now);
        }
        let known = self.0.get(&key).filter(|f| REMEMBERED.after(f.last) > now);
        let before = known.map_or(0, |f| f.count);
        self.0.insert(key, Failure { count: before.saturating_add(1), last: now });
        before
    }

    fn make_room(&mut self, now: DateTime<Utc>) {
        self.0.retain(|_, f| REMEMBERED.after(f.last) > now);
        if self.0.len() >= MOST
            && let Some(oldest) = self.0.iter().min_by_key(|(_, f)| f.last).map(|(key, _)| *key)
        {
            self.0.remove(&oldest);
        }
    }
}

fn pair(email: &str, address: &str) -> [u8; 32] {
    sha256(format!("{email}\n{address}").as_bytes())
}

/// 0, 1, 2, 4, 8, … seconds, up to `most`.
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

    #[test]
    fn refusals_double_up_to_five_minutes() {
        let attempts = Attempts::default();
        let (mut now, mut refused) = (0, vec![]);
        for _ in 0..16 {
            while let Err(seconds) = attempts.begin("ada@example.com", "192.0.2.1", at(now)) {
                refused.push(seconds);
                let just_before = at(now - 1 + i64::try_from(seconds).unwrap());
                assert_eq!(attempts.begin("ada@example.com", "192.0.2.1", just_before), Err(1));
                now += i64::try_from(seconds).unwrap();
            }
        }
        assert_eq!(refused, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    }

    #[test]
    fn an_account_is_delayed_by_failures_from_everywhere_whether_it_exists_or_not() {
        let attempts = Attempts::default();
        let delays: Vec<_> =
            (0..12).map(|n| attempts.begin("nobody@example.com", &format!("192.0.2.{n}"), at(0)).unwrap()).collect();
        assert_eq!(delays, [0, 0, 0, 0, 0, 1, 2, 4, 8, 8, 8, 8]);
        assert_eq!(attempts.begin("ada@example.com", "192.0.2.1", at(0)), Ok(0), "another account is not");
    }

    #[test]
    fn success_and_half_an_hour_forget_failures() {
        let attempts = Attempts::default();
        let fail = |now| attempts.begin("ada@example.com", "192.0.2.1", at(now));
        (0..5).for_each(|_| assert_eq!(fail(0), Ok(0)));
        attempts.succeeded("ada@example.com", "192.0.2.1");
        (0..5).for_each(|_| assert_eq!(fail(0), Ok(0)));
        assert_eq!(fail(0), Err(1));
        assert_eq!(fail(1800), Ok(0));
        assert_eq!(fail(1800), Ok(0), "it was the first failure again");
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out_for_longer() {
        let attempts = Attempts::default();
        let fail = |now| attempts.begin("ada@example.com", "192.0.2.1", at(now));
        (0..5).for_each(|_| assert_eq!(fail(0), Ok(0)));
        assert_eq!(fail(-86_400), Err(1));
        assert!(fail(-86_399).is_ok());
    }

    #[test]
    fn what_is_remembered_has_its_bound_and_keeps_the_youngest() {
        let attempts = Attempts::default();
        for n in 0..5 + i64::try_from(MOST).unwrap() {
            attempts.begin(&format!("{n}@example.com"), "192.0.2.1", at(n / 100)).unwrap();
        }
        let all = attempts.0.lock().unwrap();
        assert_eq!((all.pairs.0.len(), all.accounts.0.len()), (MOST, MOST));
        assert!(all.pairs.0.contains_key(&pair(&format!("{}@example.com", MOST + 4), "192.0.2.1")));
    }
}
