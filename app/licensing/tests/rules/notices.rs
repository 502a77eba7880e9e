//! Notices about the ends of licenses.

use chrono::{DateTime, Utc};
use licensing::webhook::{EXPIRING_DAYS, Notice, days_left, notice_between};

use crate::at;

const END: &str = "2026-06-30T12:00:00Z";

fn passing(since: &str, now: &str) -> Option<Notice> {
    notice_between((Some(at(END)), at(since)), (Some(at(END)), at(now)), &EXPIRING_DAYS)
}

fn moving(old: Option<&str>, new: Option<&str>) -> Option<Notice> {
    let now = at("2026-06-01T12:00:00Z");
    let end = |text: Option<&str>| -> Option<DateTime<Utc>> { text.map(at) };
    notice_between((end(old), now), (end(new), now), &EXPIRING_DAYS)
}

#[test]
fn a_notice_is_due_when_so_many_days_are_left() {
    assert_eq!(passing("2026-05-31T11:58:00Z", "2026-05-31T11:59:59Z"), None, "more than thirty days");
    assert_eq!(passing("2026-05-31T11:59:59Z", "2026-05-31T12:00:00Z"), Some(Notice::Expiring(30)));
    assert_eq!(passing("2026-05-31T12:00:00Z", "2026-06-01T12:00:00Z"), None, "it was due before");
    assert_eq!(passing("2026-06-23T11:59:00Z", "2026-06-23T12:00:00Z"), Some(Notice::Expiring(7)));
    assert_eq!(passing("2026-06-29T11:59:00Z", "2026-06-29T12:00:00Z"), Some(Notice::Expiring(1)));
    assert_eq!(passing("2026-06-30T11:59:00Z", "2026-06-30T12:00:00Z"), Some(Notice::Expired));
    assert_eq!(passing("2026-06-30T12:00:00Z", "2027-06-30T12:00:00Z"), None);
}

#[test]
fn of_several_notices_at_once_only_the_nearest_to_the_end_is_due() {
    assert_eq!(passing("2026-01-01T00:00:00Z", "2026-06-25T00:00:00Z"), Some(Notice::Expiring(7)));
    assert_eq!(passing("2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z"), Some(Notice::Expired));
}

#[test]
fn an_end_that_is_moved_nearer_is_noticed_and_one_that_is_moved_away_is_not() {
    assert_eq!(moving(None, Some("2026-06-04T00:00:00Z")), Some(Notice::Expiring(7)));
    assert_eq!(moving(Some("2027-01-01T00:00:00Z"), Some("2026-06-20T00:00:00Z")), Some(Notice::Expiring(30)));
    assert_eq!(moving(Some("2026-06-20T00:00:00Z"), Some("2026-06-19T00:00:00Z")), None, "it was due before");
    assert_eq!(moving(Some("2026-06-20T00:00:00Z"), Some("2026-05-01T00:00:00Z")), Some(Notice::Expired));
    assert_eq!(moving(Some("2026-05-01T00:00:00Z"), Some("2026-04-01T00:00:00Z")), None);
    assert_eq!(moving(Some("2026-05-01T00:00:00Z"), Some("2026-06-10T00:00:00Z")), None, "extended");
    assert_eq!(moving(Some("2026-06-02T00:00:00Z"), Some("2026-06-05T00:00:00Z")), None, "extended by a few days");
    assert_eq!(moving(Some("2026-06-02T00:00:00Z"), None), None);
}

#[test]
fn the_notices_of_a_setting_are_sorted_and_differ() {
    let names: Vec<_> = Notice::all(&[7, 30, 0, 7]).into_iter().map(Notice::name).collect();
    assert_eq!(names, ["expired", "expiring.7", "expiring.30"]);
    assert_eq!(Notice::all(&[]), [Notice::Expired]);
}

#[test]
fn days_are_rounded_up() {
    let left = |now| days_left(at(END), at(now));
    assert_eq!(left("2026-06-23T12:00:00Z"), 7);
    assert_eq!(left("2026-06-23T12:00:01Z"), 7);
    assert_eq!(left("2026-06-23T11:59:59Z"), 8);
    assert_eq!((left(END), left("2026-07-30T12:00:00Z")), (0, 0));
}
