//! Open streams of changes, which are limited: each holds a connection.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

/// Maximum number of streams of all browsers, and of one account.
const MOST: usize = 200;
const MOST_OF_ACCOUNT: usize = 12;

/// Numbers of open streams.
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<Uuid, usize>>>);

/// Place of a stream among the streams. Dropped with it.
#[derive(Debug)]
pub(crate) struct Place {
    streams: Streams,
    account: Uuid,
}

impl Streams {
    /// Takes a place. `None` if there is none.
    pub(crate) fn take(&self, account: Uuid) -> Option<Place> {
        let mut open = self.open();
        let own = open.get(&account).copied().unwrap_or_default();
        if own >= MOST_OF_ACCOUNT || open.values().sum::<usize>() >= MOST {
            return None;
        }
        open.insert(account, own + 1);
        Some(Place { streams: self.clone(), account })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Uuid, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        if let Some(own) = open.get_mut(&self.account) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                open.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn streams_are_limited_for_each_account_and_in_all() {
        let (streams, one) = (Streams::default(), Uuid::from_u128(1));
        let own: Vec<_> = (0..MOST_OF_ACCOUNT).map(|_| streams.take(one).unwrap()).collect();
        assert!(streams.take(one).is_none());
        assert!(streams.take(Uuid::from_u128(2)).is_some());
        drop(own);
        assert!(streams.open().is_empty());
        let all: Vec<_> = (0..MOST).map(|n| streams.take(Uuid::from_u128(n as u128)).unwrap()).collect();
        assert!(streams.take(Uuid::from_u128(MOST as u128)).is_none());
        drop(all);
        assert!(streams.take(one).is_some());
    }
}
