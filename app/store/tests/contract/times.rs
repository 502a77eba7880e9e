//! Stored times keep their order and their microseconds, although SQLite stores them as text.

use chrono::{DateTime, Utc};
use proptest::{
    prelude::*,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use testing::contract;

use crate::given::{a_license, activation, at, last, read, written};

/// Times from 1970 to 9999: far apart or close together, on whole seconds, milliseconds and microseconds.
fn moments(count: usize) -> Vec<DateTime<Utc>> {
    const SECOND: i64 = 1_000_000;
    let anywhere = 0..last().timestamp_micros();
    let nearby = at(0).timestamp_micros()..at(2 * SECOND).timestamp_micros();
    let moment = (prop_oneof![anywhere, nearby], prop_oneof![Just(SECOND), Just(1000), Just(10), Just(1)])
        .prop_map(|(micros, unit)| DateTime::from_timestamp_micros(micros / unit * unit).unwrap());
    let mut moments =
        prop::collection::vec(moment, count).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    moments.push(last());
    moments
}

contract!(stored_times_sort_in_the_order_of_time, async |db| {
    let license = a_license(db, 3).await;
    let holds = moments(500);
    let mut devices: Vec<_> = (0..).zip(&holds).map(|(n, _)| activation(100 + n, license.id)).collect();
    for (device, hold) in devices.iter_mut().zip(&holds) {
        device.hold_until = *hold;
    }
    written(db, async |tx| tx.upsert_activations(&devices.iter().collect::<Vec<_>>()).await).await;

    let mut longest_first: Vec<_> = devices.iter().map(|d| (d.hold_until, d.id)).collect();
    longest_first.sort_by(|a, b| b.cmp(a));
    let found = read!(db, activations(license.id, 10_000));
    assert_eq!(found.iter().map(|a| (a.hold_until, a.id)).collect::<Vec<_>>(), longest_first);

    for now in moments(100).into_iter().chain(holds.iter().copied().step_by(7)) {
        let held = holds.iter().filter(|&&hold| hold > now).count();
        let first = holds.iter().filter(|&&hold| hold > now).min();
        let found = read!(db, held_seats(&[license.id], now));
        assert_eq!(found.first().map_or(0, |s| s.used), i64::try_from(held).unwrap(), "{now}");
        assert_eq!(found.first().and_then(|s| s.next_at).as_ref(), first, "{now}");
    }
});
