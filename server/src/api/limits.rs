//! How many wrong activation codes a network may send.
//!
//! Only failures count: thirty at once, and one more every two seconds. A network that has used them up is answered 429
//! without a look into the database, but for codes whose check symbol is right: nobody comes upon such a code by chance,
//! so that a paying customer's next device is let in whatever others behind the same address did. Guessing costs more than
//! it gives either way; the limit is there for the database's sake and against those who try out short imported codes.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, HeaderValue};
use service::Origin;

use crate::config::Network;

/// After how long one failure is forgiven.
const FORGIVEN: Duration = Duration::from_secs(2);
/// Thirty failures at once.
const BUDGET: Duration = Duration::from_secs(2 * 30);
/// How many networks are remembered. Were there more, failures would be forgotten rather than memory be used up.
const MOST: usize = 100_000;

/// The limit's name in the headers, and as the draft has it: so many in so many seconds.
pub(super) const FAILURES: &str = "failures";
const POLICY: &str = "\"failures\";q=30;w=60";

/// Tells a network what the limit is, and in how many seconds it may fail again (draft-ietf-httpapi-ratelimit-headers).
pub(super) fn tell(headers: &mut HeaderMap, seconds: u64) {
    headers.insert("ratelimit-policy", HeaderValue::from_static(POLICY));
    if let Ok(left) = HeaderValue::try_from(format!("\"{FAILURES}\";r=0;t={seconds}")) {
        headers.insert("ratelimit", left);
    }
}

/// The failures of every network.
#[derive(Debug, Default)]
pub(super) struct Failures {
    /// When all that a network did is forgiven: never more than [`BUDGET`] ahead.
    forgiven_at: Mutex<HashMap<IpAddr, Instant>>,
}

impl Failures {
    /// In how many seconds that network may fail again: `None` for at once.
    pub(super) fn wait(&self, network: IpAddr, now: Instant) -> Option<u64> {
        let forgiven_at = self.forgiven_at.lock().unwrap_or_else(PoisonError::into_inner);
        let owed = forgiven_at.get(&network)?.saturating_duration_since(now);
        let wait = (owed + FORGIVEN).checked_sub(BUDGET).filter(|wait| !wait.is_zero())?;
        Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    /// Notes a failure of that network; or says, like [`wait`](Self::wait), that it has none left.
    pub(super) fn note(&self, network: IpAddr, now: Instant) -> Option<u64> {
        let wait = self.wait(network, now);
        if wait.is_none() {
            let mut forgiven_at = self.forgiven_at.lock().unwrap_or_else(PoisonError::into_inner);
            if forgiven_at.len() >= MOST {
                forgiven_at.retain(|_, at| *at > now);
            }
            if forgiven_at.len() >= MOST {
                forgiven_at.clear();
            }
            let at = forgiven_at.entry(network).or_insert(now);
            *at = now.max(*at) + FORGIVEN;
        }
        wait
    }
}

/// What counts as one network. Requests of unknown origin share one.
pub(super) fn network(origin: &Origin) -> IpAddr {
    let address = origin.address.as_deref().and_then(|address| address.parse().ok());
    Network::of_visitor(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, time::Duration};

    use service::Origin;

    use super::{Failures, Instant, network};

    fn of(address: &str) -> IpAddr {
        network(&Origin { address: Some(address.to_owned()), request_id: None })
    }

    #[test]
    fn thirty_failures_are_forgiven_one_by_one() {
        let (failures, start) = (Failures::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let here = of("192.0.2.1");
        for _ in 0..30 {
            assert_eq!(failures.note(here, start), None);
        }
        assert_eq!(failures.wait(here, start), Some(2));
        assert_eq!(failures.note(here, start), Some(2), "and it is not noted: the wait does not grow");
        assert_eq!(failures.wait(here, at(1)), Some(1));
        assert_eq!(failures.note(here, at(2)), None);
        assert_eq!(failures.note(here, at(2)), Some(2));
        for _ in 0..30 {
            assert_eq!(failures.note(here, at(100)), None, "no more than the budget is ever owed");
        }
        assert_eq!(failures.wait(here, at(100)), Some(2));
    }

    #[test]
    fn networks_do_not_pay_for_each_other() {
        let (failures, now) = (Failures::default(), Instant::now());
        for _ in 0..31 {
            failures.note(of("2001:db8:0:1::1"), now);
        }
        assert_eq!(failures.wait(of("2001:db8:0:1:ffff::2"), now), Some(2), "a household has a /64");
        for other in ["2001:db8:0:2::1", "192.0.2.1", "192.0.2.2"] {
            assert_eq!(failures.wait(of(other), now), None, "{other}");
        }
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
