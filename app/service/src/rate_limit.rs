//! Rate limits, in one table, but for two that the database counts: wrong passwords of an account
//! (`identity::failed_sign_ins`) and the seats that support frees or revokes in a day (`devices::budget`).
//!
//! Each limit is a token bucket per network, account, API token or license, or for all: a burst, and then one more per interval. Buckets live
//! in memory, so that a limit costs no write; each instance has its own.
//!
//! Not the crate `governor`: it can only take room, while here mostly failures count, so that room is looked up before
//! an attempt and given back after a success. It also does not bound the number of its buckets.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use licensing::network::Network;
use uuid::Uuid;

use crate::Origin;

/// The kind of request that is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Wrong activation codes, by network.
    WrongCode,
    /// Wrong API tokens, by network.
    WrongApiToken,
    /// Failed sign-ins with a password, by network, whatever the address.
    FailedSignIn,
    /// Sign-ins begun at an identity provider or coming back from it, by network.
    ProviderSignIn,
    /// Logout tokens that an identity provider sends, by network.
    ProviderLogout,
    /// Links for a first owner, an invitation or a password, by network.
    AccountLink,
    /// Refused acts in the audit log, by account.
    RefusedAct,
    /// Refused activations that are recorded, by license.
    RefusalOfLicense,
    /// Requests that change no seat but are recorded, by license.
    IdleWrite,
    /// Calls with a key that wrote nothing but are stored, by license.
    IdleCall,
    /// Seats released or checked out by devices, by license. Each leaves several rows.
    ReleasedSeat,
    /// Refused activations with codes that no license has, shared by all.
    RefusalOfUnknown,
    /// Calls of the management API, by API token.
    ApiCall,
    /// Those that read or change many rows, by API token.
    LargeApiCall,
    /// Log warnings that strangers can cause, shared by all.
    Warning,
}

/// The owner of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// A network: an IPv4 address or an IPv6 /64.
    Network(IpAddr),
    /// An account, an API token or a license, by id.
    Id(Uuid),
    /// One bucket for all.
    Shared,
}

impl Bucket {
    /// The bucket of the network that a request comes from. Requests without an address share one.
    pub fn of(origin: &Origin) -> Self {
        Self::Network(network(origin.address.as_deref()))
    }
}

/// The network of an address; the unspecified address if there is none.
pub(crate) fn network(address: Option<&str>) -> IpAddr {
    let address = address.and_then(|address| address.parse().ok());
    Network::of_visitor(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
}

/// Calls of the management API that a token may make in a minute, unless the settings have another number.
pub const API_CALLS: u32 = 600;

/// The rate of the management API: a sixth of the calls of a minute at once.
fn of_api_calls(per_minute: u32) -> (i32, TimeDelta) {
    let per_minute = per_minute.max(1);
    (
        i32::try_from(per_minute / 6).unwrap_or(i32::MAX).max(1),
        TimeDelta::microseconds(60_000_000 / i64::from(per_minute)),
    )
}

impl Limit {
    /// The size of the burst, and the interval for each further one.
    fn rate(self, api_calls: u32) -> (i32, TimeDelta) {
        match self {
            Self::WrongCode | Self::WrongApiToken => (30, TimeDelta::seconds(2)),
            Self::FailedSignIn => (30, TimeDelta::seconds(20)),
            Self::ProviderSignIn => (120, TimeDelta::seconds(2)),
            Self::ProviderLogout => (60, TimeDelta::seconds(1)),
            Self::AccountLink => (30, TimeDelta::seconds(10)),
            Self::RefusedAct => (30, TimeDelta::seconds(60)),
            Self::RefusalOfLicense | Self::IdleWrite | Self::IdleCall => (200, TimeDelta::seconds(10)),
            Self::ReleasedSeat => (300, TimeDelta::milliseconds(200)),
            Self::RefusalOfUnknown => (1_000, TimeDelta::seconds(1)),
            Self::ApiCall => of_api_calls(api_calls),
            Self::LargeApiCall => (10, TimeDelta::seconds(6)),
            Self::Warning => (100, TimeDelta::seconds(10)),
        }
    }
}

/// Maximum number of buckets per limit. Above it, those with the most room are dropped.
const MOST: usize = 100_000;

/// The buckets of one instance.
#[derive(Debug)]
pub struct RateLimits {
    buckets: Mutex<HashMap<Limit, HashMap<Bucket, DateTime<Utc>>>>,
    /// Calls of the management API in a minute.
    api_calls: AtomicU32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { buckets: Mutex::default(), api_calls: AtomicU32::new(API_CALLS) }
    }
}

impl RateLimits {
    /// Sets how many calls of the management API a token may make in a minute.
    pub fn set_api_calls(&self, per_minute: u32) {
        self.api_calls.store(per_minute, Relaxed);
    }

    fn rate(&self, limit: Limit) -> (i32, TimeDelta) {
        limit.rate(self.api_calls.load(Relaxed))
    }

    /// Returns the seconds until there is room for one more, or `None` if there is room now.
    pub fn wait(&self, limit: Limit, bucket: Bucket, now: DateTime<Utc>) -> Option<u64> {
        let (at_once, every) = self.rate(limit);
        let full = now + every * at_once;
        let mut all = self.all();
        let empty_at = all.get_mut(&limit)?.get_mut(&bucket)?;
        // If the clock was set back, nobody waits longer than for a full bucket.
        *empty_at = (*empty_at).min(full);
        let wait = *empty_at + every - full;
        u64::try_from(wait.num_milliseconds()).ok().filter(|ms| *ms > 0).map(|ms| ms.div_ceil(1000))
    }

    /// Takes room for one.
    ///
    /// # Errors
    /// The seconds to wait, if there is no room. Nothing is taken then, so retrying does not prolong the wait.
    pub fn take(&self, limit: Limit, bucket: Bucket, now: DateTime<Utc>) -> Result<(), u64> {
        if let Some(seconds) = self.wait(limit, bucket, now) {
            return Err(seconds);
        }
        let (_, every) = self.rate(limit);
        let mut all = self.all();
        let buckets = all.entry(limit).or_default();
        if buckets.len() >= MOST {
            make_room(buckets, now);
        }
        let empty_at = buckets.entry(bucket).or_insert(now);
        *empty_at = now.max(*empty_at) + every;
        Ok(())
    }

    /// Returns how many more there is room for now.
    pub fn room(&self, limit: Limit, bucket: Bucket, now: DateTime<Utc>) -> i64 {
        let (at_once, every) = self.rate(limit);
        let empty_at = self.all().get(&limit).and_then(|buckets| buckets.get(&bucket)).copied().unwrap_or(now).max(now);
        let room = now + every * at_once - empty_at;
        let parts = |span: TimeDelta| span.num_microseconds().unwrap_or(i64::MAX);
        parts(room) / parts(every).max(1)
    }

    /// Returns the seconds after which there is room for one more, rounded up.
    pub fn interval(&self, limit: Limit) -> i64 {
        let (_, every) = self.rate(limit);
        (every.num_milliseconds().max(1) + 999) / 1_000
    }

    /// Returns what [`take`](Self::take) took, as when an attempt turns out not to be a failure.
    pub(crate) fn refund(&self, limit: Limit, bucket: Bucket) {
        let (_, every) = self.rate(limit);
        if let Some(empty_at) = self.all().get_mut(&limit).and_then(|buckets| buckets.get_mut(&bucket)) {
            *empty_at -= every;
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Limit, HashMap<Bucket, DateTime<Utc>>>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops the empty buckets and, if that is not enough, the emptier half.
fn make_room(buckets: &mut HashMap<Bucket, DateTime<Utc>>, now: DateTime<Utc>) {
    buckets.retain(|_, empty_at| *empty_at > now);
    if buckets.len() < MOST {
        return;
    }
    let mut all: Vec<DateTime<Utc>> = buckets.values().copied().collect();
    let middle = all.len() / 2;
    let (_, median, _) = all.select_nth_unstable(middle);
    let median = *median;
    buckets.retain(|_, empty_at| *empty_at > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap_or_default()
    }

    fn of(address: &str) -> Bucket {
        Bucket::of(&Origin { address: Some(address.to_owned()), request_id: None })
    }

    fn taken(limits: &RateLimits, limit: Limit, bucket: Bucket, now: DateTime<Utc>) -> usize {
        (0..5_000).filter(|_| limits.take(limit, bucket, now).is_ok()).count()
    }

    #[test]
    fn thirty_failures_are_forgiven_one_by_one() {
        let (limits, here) = (RateLimits::default(), of("192.0.2.1"));
        assert_eq!(taken(&limits, Limit::WrongCode, here, at(0)), 30);
        assert_eq!(limits.wait(Limit::WrongCode, here, at(0)), Some(2), "and the wait does not grow");
        assert_eq!(limits.wait(Limit::WrongCode, here, at(1)), Some(1));
        assert_eq!(limits.take(Limit::WrongCode, here, at(2)), Ok(()));
        assert_eq!(limits.take(Limit::WrongCode, here, at(2)), Err(2));
        assert_eq!(taken(&limits, Limit::WrongCode, here, at(100)), 30, "never more than the bucket holds");
    }

    #[test]
    fn networks_limits_and_accounts_do_not_pay_for_each_other() {
        let limits = RateLimits::default();
        taken(&limits, Limit::WrongCode, of("2001:db8:0:1::1"), at(0));
        assert!(limits.take(Limit::WrongCode, of("2001:db8:0:1:ffff::2"), at(0)).is_err(), "a household has a /64");
        for other in ["2001:db8:0:2::1", "192.0.2.1", "192.0.2.2"] {
            assert_eq!(limits.wait(Limit::WrongCode, of(other), at(0)), None, "{other}");
        }
        assert_eq!(limits.wait(Limit::FailedSignIn, of("2001:db8:0:1::1"), at(0)), None);
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_eq!(Bucket::of(&Origin::default()), of("0.0.0.0"), "requests without an address share one");
        let license = |n| Bucket::Id(Uuid::from_u128(n));
        assert_eq!(taken(&limits, Limit::RefusalOfLicense, license(1), at(0)), 200);
        assert_eq!(taken(&limits, Limit::RefusalOfLicense, license(2), at(0)), 200);
        assert_eq!(taken(&limits, Limit::RefusalOfUnknown, Bucket::Shared, at(0)), 1_000);
        assert_eq!(taken(&limits, Limit::RefusalOfLicense, license(1), at(25)), 2);
    }

    #[test]
    fn what_was_no_failure_is_given_back() {
        let (limits, here) = (RateLimits::default(), of("192.0.2.1"));
        for _ in 0..100 {
            assert_eq!(limits.take(Limit::FailedSignIn, here, at(0)), Ok(()));
            limits.refund(Limit::FailedSignIn, here);
        }
        assert_eq!(taken(&limits, Limit::FailedSignIn, here, at(0)), 30);
    }

    #[test]
    fn the_settings_say_how_many_calls_a_token_may_make() {
        let (limits, token) = (RateLimits::default(), Bucket::Id(Uuid::from_u128(1)));
        assert_eq!(taken(&limits, Limit::ApiCall, token, at(0)), 100);
        assert_eq!(taken(&limits, Limit::ApiCall, token, at(1)), 10);
        let other = Bucket::Id(Uuid::from_u128(2));
        limits.set_api_calls(7);
        assert_eq!(taken(&limits, Limit::ApiCall, other, at(0)), 1);
        assert_eq!((limits.room(Limit::ApiCall, other, at(0)), limits.interval(Limit::ApiCall)), (0, 9));
        assert_eq!(taken(&limits, Limit::LargeApiCall, token, at(0)), 10);
        assert_eq!(limits.wait(Limit::LargeApiCall, token, at(0)), Some(6));
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nothing_for_long() {
        let limits = RateLimits::default();
        taken(&limits, Limit::RefusalOfUnknown, Bucket::Shared, at(86_400 * 30));
        assert_eq!(taken(&limits, Limit::RefusalOfUnknown, Bucket::Shared, at(0)), 0, "the bucket is full");
        let mut later = 0;
        for second in 1..=100 {
            later += taken(&limits, Limit::RefusalOfUnknown, Bucket::Shared, at(1_000 + second));
        }
        assert!(later > 0, "it drains from then on");
    }

    #[test]
    fn memory_is_bounded_and_keeps_the_fullest() {
        let (limits, busy) = (RateLimits::default(), of("192.0.2.1"));
        taken(&limits, Limit::WrongCode, busy, at(0));
        for n in 0..u128::try_from(MOST).unwrap_or_default() + 10 {
            limits.take(Limit::WrongCode, Bucket::Id(Uuid::from_u128(n)), at(0)).unwrap();
        }
        assert!(limits.all()[&Limit::WrongCode].len() <= MOST);
        assert!(limits.take(Limit::WrongCode, busy, at(0)).is_err(), "a flood of others does not evict a full bucket");
    }
}
