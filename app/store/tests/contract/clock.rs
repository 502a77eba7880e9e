//! The clock mark.

use store::clock::ClockMark;
use testing::{Engine, contract};

use crate::given::at;

contract!(the_clock_mark_never_moves_back, async |db| {
    let mark = async || db.read().await.unwrap().on().clock_mark().await.unwrap();
    assert_eq!(mark().await, None);
    let plain = |n| Some(ClockMark { mark: at(n), doubted_at: None, confirmed_at: None });
    for (moved, expected) in [(10, 10), (5, 10), (20, 20)] {
        let mut tx = db.begin().await.unwrap();
        tx.move_clock_mark(at(moved)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(mark().await, plain(expected));
    }
});

contract!(the_first_doubt_stays_until_the_mark_moves_or_the_clock_is_confirmed, async |db| {
    let mark = async || db.read().await.unwrap().on().clock_mark().await.unwrap().unwrap();
    let mut tx = db.begin().await.unwrap();
    tx.move_clock_mark(at(10)).await.unwrap();
    tx.doubt_clock(at(90)).await.unwrap();
    tx.doubt_clock(at(95)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((mark().await.mark, mark().await.doubted_at), (at(10), Some(at(90))));
    let mut tx = db.begin().await.unwrap();
    tx.move_clock_mark(at(11)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(mark().await.doubted_at, None);
    let mut tx = db.begin().await.unwrap();
    tx.doubt_clock(at(90)).await.unwrap();
    tx.confirm_clock(at(4)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(mark().await, ClockMark { mark: at(4), doubted_at: None, confirmed_at: Some(at(4)) });
});

contract!(only_postgresql_reports_a_database_time, async |db| {
    let mut reading = db.read().await.unwrap();
    let first = reading.on().database_time().await.unwrap();
    assert_eq!(first.is_some(), db.engine() == Engine::Postgres);
    assert!(reading.on().database_time().await.unwrap() >= first, "the time moves on");
});
