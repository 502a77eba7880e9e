//! How many connections there may be: in all, and from one visitor.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Config, config::Network};

/// The places that there are.
#[derive(Clone, Debug)]
pub(super) struct Caps {
    all: Arc<Semaphore>,
    each: usize,
    proxies: Vec<Network>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A visitor's place, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    visitor: IpAddr,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Caps {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            all: Arc::new(Semaphore::new(config.max_connections)),
            each: config.max_connections_per_address,
            proxies: config.trusted_proxies.clone(),
            taken: Arc::default(),
        }
    }

    /// One of all places, once there is one. Until then, connections wait in the system's queue.
    pub(super) async fn one_of_all(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.all).acquire_owned().await.ok()
    }

    /// A place for this visitor, unless it has as many as it may. A trusted proxy speaks for many and may have all.
    pub(super) fn place(&self, address: IpAddr) -> Option<Place> {
        let visitor = Network::of_visitor(address);
        let mut taken = lock(&self.taken);
        let count = taken.entry(visitor).or_default();
        if *count >= self.each && !self.proxies.iter().any(|proxy| proxy.holds(address)) {
            return None;
        }
        *count += 1;
        Some(Place { visitor, taken: Arc::clone(&self.taken) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        if let Some(count) = taken.get_mut(&self.visitor) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.visitor);
            }
        }
    }
}

fn lock(taken: &Mutex<HashMap<IpAddr, usize>>) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::config::Sources;

    fn caps() -> Caps {
        let variables = [("MAX_CONNECTIONS_PER_ADDRESS", "2"), ("TRUSTED_PROXIES", "10.0.0.0/8")];
        let variables = variables.map(|(name, value)| (format!("LATCHKEY_{name}"), value.to_owned())).to_vec();
        Caps::new(&Config::read(Sources { file: None, variables }).unwrap())
    }

    #[test]
    fn one_visitor_gets_so_many_places_and_no_more() {
        let caps = caps();
        let place = |address: &str| caps.place(address.parse().unwrap());
        let (first, second) = (place("2001:db8::1"), place("2001:db8::2"));
        assert!(first.is_some() && second.is_some());
        assert!(place("2001:db8::3").is_none(), "the same network");
        let other = place("2001:db8:0:1::1");
        assert!(other.is_some(), "another network");
        drop(first);
        assert!(place("2001:db8::3").is_some());
    }

    #[test]
    fn a_place_that_is_given_back_leaves_nothing_behind() {
        let caps = caps();
        drop(caps.place("192.0.2.1".parse().unwrap()));
        assert!(lock(&caps.taken).is_empty());
    }

    #[test]
    fn a_trusted_proxy_may_have_all() {
        let caps = caps();
        let places: Vec<_> = (0..5).map(|_| caps.place("10.1.2.3".parse().unwrap())).collect();
        assert!(places.iter().all(Option::is_some));
    }
}
