//! Limits on connections, in total and per client network.
//!
//! A new connection is accepted as long as another one is idle: the one idle longest is closed for it, from the same
//! network if that has reached its limit. A new one is refused only if every connection is in use.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::watch::Watch;
use crate::{Config, config::Network};

/// The limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// `max_connections`.
    All,
    /// `max_connections_per_address`.
    Address,
}

impl Full {
    /// Returns the name of the setting.
    pub(super) const fn setting(self) -> &'static str {
        match self {
            Self::All => "max_connections",
            Self::Address => "max_connections_per_address",
        }
    }
}

/// The connections within the limits.
#[derive(Clone, Debug)]
pub(super) struct Places {
    all: usize,
    each: usize,
    proxies: Vec<Network>,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    next: u64,
    places: HashMap<u64, (IpAddr, Watch)>,
    counts: HashMap<IpAddr, usize>,
}

/// A connection's place. Dropping it frees the place.
#[derive(Debug)]
pub(super) struct Place {
    id: u64,
    taken: Arc<Mutex<Taken>>,
}

impl Places {
    /// Creates the places that the settings allow. The limit per network does not apply to trusted proxies.
    pub(super) fn new(config: &Config) -> Self {
        let (all, each) = (config.max_connections, config.max_connections_per_address);
        Self { all, each, proxies: config.trusted_proxies.clone(), taken: Arc::default() }
    }

    /// Creates a few places beyond the limits, so that health checks are always answered.
    pub(super) fn reserve() -> Self {
        Self { all: 64, each: 8, proxies: Vec::new(), taken: Arc::default() }
    }

    /// Returns the limit of a setting.
    pub(super) const fn limit(&self, full: Full) -> usize {
        match full {
            Full::All => self.all,
            Full::Address => self.each,
        }
    }

    /// Takes a place for a connection from that address, closing an idle connection if necessary.
    pub(super) fn take(&self, address: IpAddr, watch: &Watch) -> Result<Place, Full> {
        let visitor = Network::of_visitor(address);
        let mut taken = lock(&self.taken);
        let count = taken.counts.get(&visitor).copied().unwrap_or_default();
        if count >= self.each && !self.proxies.iter().any(|proxy| proxy.holds(address)) {
            taken.dismiss_idlest(Some(visitor)).ok_or(Full::Address)?;
        } else if taken.places.len() >= self.all {
            taken.dismiss_idlest(None).ok_or(Full::All)?;
        }
        let id = taken.next;
        taken.next += 1;
        taken.places.insert(id, (visitor, watch.clone()));
        *taken.counts.entry(visitor).or_default() += 1;
        Ok(Place { id, taken: Arc::clone(&self.taken) })
    }
}

impl Taken {
    /// Closes the connection that has waited longest for its peer, if there is one.
    fn dismiss_idlest(&mut self, of: Option<IpAddr>) -> Option<()> {
        let candidates = self.places.iter().filter(|(_, (visitor, _))| of.is_none_or(|of| of == *visitor));
        let idlest = candidates.filter_map(|(id, (_, watch))| Some((watch.idle_since()?, *id))).min()?;
        let (_, watch) = self.remove(idlest.1)?;
        watch.dismiss();
        Some(())
    }

    fn remove(&mut self, id: u64) -> Option<(IpAddr, Watch)> {
        let (visitor, watch) = self.places.remove(&id)?;
        if let Some(count) = self.counts.get_mut(&visitor) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&visitor);
            }
        }
        Some((visitor, watch))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.taken).remove(self.id);
    }
}

fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::config::Sources;

    fn places(all: &str) -> Places {
        let variables =
            [("MAX_CONNECTIONS", all), ("MAX_CONNECTIONS_PER_ADDRESS", "2"), ("TRUSTED_PROXIES", "10.0.0.0/8")];
        let variables = variables.map(|(name, value)| (format!("LATCHKEY_{name}"), value.to_owned())).to_vec();
        Places::new(&Config::read(Sources { file: None, variables }).unwrap())
    }

    /// Returns the watch of a connection whose request is being answered.
    fn busy() -> Watch {
        let watch = Watch::begin(std::time::Duration::from_secs(75));
        watch.asked();
        watch
    }

    fn take(places: &Places, address: &str, watch: &Watch) -> Result<Place, Full> {
        places.take(address.parse().unwrap(), watch)
    }

    #[test]
    fn one_visitor_gets_so_many_places_and_no_more() {
        let places = places("10");
        let first = take(&places, "2001:db8::1", &busy());
        let second = take(&places, "2001:db8::2", &busy());
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(take(&places, "2001:db8::3", &busy()).unwrap_err(), Full::Address, "the same network");
        let other = take(&places, "2001:db8:0:1::1", &busy());
        assert!(other.is_ok(), "another network");
        drop(first);
        assert!(take(&places, "2001:db8::3", &busy()).is_ok());
    }

    #[test]
    fn the_idlest_connection_of_a_visitor_goes_first() {
        let places = places("10");
        let (foreign, older, younger) = (
            Watch::begin(std::time::Duration::from_secs(75)),
            Watch::begin(std::time::Duration::from_secs(75)),
            Watch::begin(std::time::Duration::from_secs(75)),
        );
        let _foreign = take(&places, "192.0.2.9", &foreign).unwrap();
        let _older = take(&places, "192.0.2.1", &older).unwrap();
        let _younger = take(&places, "192.0.2.1", &younger).unwrap();
        let _third = take(&places, "192.0.2.1", &busy()).unwrap();
        assert_eq!([foreign, older, younger].map(|watch| watch.is_dismissed()), [false, true, false]);
    }

    #[test]
    fn the_idlest_connection_of_all_goes_first_where_all_places_are_taken() {
        let places = places("3");
        let (working, idle) = (busy(), Watch::begin(std::time::Duration::from_secs(75)));
        let held = [
            take(&places, "192.0.2.1", &working).unwrap(),
            take(&places, "192.0.2.2", &idle).unwrap(),
            take(&places, "192.0.2.3", &busy()).unwrap(),
        ];
        let fourth = take(&places, "192.0.2.4", &busy());
        assert!(fourth.is_ok() && idle.is_dismissed() && !working.is_dismissed());
        assert_eq!(take(&places, "192.0.2.5", &busy()).unwrap_err(), Full::All);
        drop(held);
    }

    #[test]
    fn a_place_that_is_given_back_leaves_nothing_behind() {
        let places = places("10");
        drop(take(&places, "192.0.2.1", &busy()).unwrap());
        let taken = lock(&places.taken);
        assert!(taken.places.is_empty() && taken.counts.is_empty());
    }

    #[test]
    fn a_trusted_proxy_may_have_all() {
        let places = places("10");
        let all: Vec<_> = (0..5).map(|_| take(&places, "10.1.2.3", &busy())).collect();
        assert!(all.iter().all(Result::is_ok));
    }
}
