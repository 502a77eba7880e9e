use super::*;

/// A clock that stands at noon of 2026-03-01 and has been read once.
fn noon() -> (Clock, DateTime<Utc>) {
    let at = "2026-03-01T12:00:00.250001Z".parse().unwrap();
    let clock = Clock::fixed(at);
    assert_eq!((clock.now(), clock.trust()), (at, Trust::Good));
    (clock, at)
}

#[test]
fn a_clock_set_back_a_little_stands_still_until_it_has_caught_up() {
    let (clock, at) = noon();
    clock.advance(-300);
    assert_eq!((clock.now(), clock.trust()), (at, Trust::Good));
    clock.advance(299);
    assert_eq!(clock.now(), at);
    clock.advance(2);
    assert_eq!((clock.now(), clock.trust()), (at + TimeDelta::seconds(1), Trust::Good));
}

#[test]
fn a_clock_set_back_further_is_not_trusted() {
    let (clock, at) = noon();
    clock.advance(-301);
    assert_eq!((clock.now(), clock.trust()), (at - TimeDelta::seconds(301), Trust::Behind(TimeDelta::seconds(301))));
    clock.advance(1);
    assert_eq!((clock.now(), clock.trust()), (at, Trust::Good));
}

#[test]
fn a_clock_that_leaps_ahead_of_the_elapsed_time_is_not_trusted() {
    let (clock, at) = noon();
    clock.advance(10 * 86_400);
    assert_eq!(clock.trust(), Trust::Good, "ten days have passed");
    clock.leap(86_400);
    assert_eq!(clock.trust(), Trust::Good, "a lead of one day is tolerated");
    clock.leap(86_401);
    assert_eq!(clock.trust(), Trust::Ahead(TimeDelta::seconds(86_401)));
    clock.advance(50);
    assert_eq!(clock.trust(), Trust::Ahead(TimeDelta::seconds(86_401)), "time passes, but the leap remains");
    clock.leap(-86_401);
    assert_eq!((clock.now(), clock.trust()), (at + TimeDelta::seconds(11 * 86_400 + 50), Trust::Good), "corrected");
}

#[test]
fn a_start_tolerates_four_hundred_uncounted_days_but_not_a_doubted_leap() {
    let at = "2026-03-01T12:00:00Z".parse::<DateTime<Utc>>().unwrap();
    let day = 86_400_000_000;
    let started = |days: i64, doubted| {
        let clock = Clock::fixed(at);
        clock.shown(|shown| shown.reached(at.timestamp_micros() - days * day, 0, doubted));
        clock.trust()
    };
    assert_eq!(started(400, false), Trust::Good);
    assert_eq!(started(401, false), Trust::Ahead(TimeDelta::days(401)));
    assert_eq!(started(1, true), Trust::Good);
    assert_eq!(started(2, true), Trust::Ahead(TimeDelta::days(2)));
    assert_eq!(started(-1, false), Trust::Behind(TimeDelta::days(1)));

    let clock = Clock::fixed(at);
    clock.shown(|shown| shown.reached(at.timestamp_micros() - 300 * day, 0, false));
    clock.now();
    clock.leap(2 * 86_400);
    assert_eq!(clock.trust(), Trust::Ahead(TimeDelta::days(2)), "only a start tolerates that much");
}

#[test]
fn ids_sort_in_the_order_of_time_to_the_microsecond() {
    let clock = Clock::fixed(DateTime::from_timestamp_micros(1_800_000_000_999_990).unwrap());
    let Source::Stopped { wall, .. } = &clock.0.source else { unreachable!("the clock is stopped") };
    let ids: Vec<Uuid> = (0..2000)
        .map(|_| {
            wall.fetch_add(1, Ordering::SeqCst);
            clock.id()
        })
        .collect();
    assert!(ids.is_sorted(), "each later than the one before");
    assert!(ids.iter().all(|id| id.get_version_num() == 7));
    assert_ne!(clock.id(), clock.id());
    let (seconds, _) = ids[0].get_timestamp().unwrap().to_unix();
    assert_eq!(seconds, 1_800_000_000);
}

#[test]
fn ids_of_the_same_time_sort_in_the_order_of_creation() {
    let at = DateTime::from_timestamp_micros(1_800_000_000_000_001).unwrap();
    let ids: Vec<Uuid> = (0..2000).map(|_| Clock::id_at(at)).collect();
    assert!(ids.is_sorted());
}

#[test]
fn a_clock_before_1970_neither_panics_nor_repeats_an_id() {
    let clock = Clock::fixed(DateTime::from_timestamp(-5, 0).unwrap());
    assert_ne!(clock.id(), clock.id());
}
