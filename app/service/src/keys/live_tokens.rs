//! Counts of the devices that hold a valid token of each key.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use licensing::Span;
use store::Store;
use uuid::Uuid;

use crate::{Result, overview::PART};

/// Time for which the counts of a large database are used again.
const KEPT: Span = Span::minutes(10);

/// Number of devices by key id. Keys without any are left out.
type Devices = Arc<HashMap<String, u64>>;

/// The last counts of a database that is too large to be counted for each page.
#[derive(Debug, Default)]
pub(super) struct LastCount(Mutex<Option<(DateTime<Utc>, Devices)>>);

impl LastCount {
    /// Returns the current counts, or those of a large database of up to ten minutes ago.
    pub(super) async fn get(&self, store: &Store, now: DateTime<Utc>) -> Result<Devices> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, devices)) = last
            && at <= now
            && now < KEPT.after(at)
        {
            return Ok(devices);
        }
        let (devices, parts) = count(store, now).await?;
        let devices = Arc::new(devices);
        if parts > 1 {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&devices)));
        }
        Ok(devices)
    }
}

/// Counts the devices in parts, so that no statement takes long. Returns the number of parts too.
pub(super) async fn count(store: &Store, now: DateTime<Utc>) -> Result<(HashMap<String, u64>, u32)> {
    let (mut devices, mut parts, mut after) = (HashMap::new(), 0, Uuid::nil());
    loop {
        let mut reading = store.read().await?;
        let Some(end) = reading.on().end_of_licenses(after, PART).await? else { return Ok((devices, parts)) };
        for one in reading.on().live_tokens((after, end), now).await? {
            *devices.entry(one.kid).or_default() += one.devices.unsigned_abs();
        }
        (after, parts) = (end, parts + 1);
    }
}
