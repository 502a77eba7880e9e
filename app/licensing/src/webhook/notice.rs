//! Notices: messages about the end of a license, once for each end and each number of days before it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{EventKind, Span, license::has_ended};

/// Days before the end at which notices are sent, unless the settings name others.
pub const EXPIRING_DAYS: [u32; 3] = [30, 7, 1];

/// Notice about the end of a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The license ends in at most this many days.
    Expiring(u32),
    /// The license has ended.
    Expired,
}

impl Notice {
    /// Stored name, which is unique among the notices of one end.
    pub fn name(self) -> String {
        match self {
            Self::Expiring(days) => format!("expiring.{days}"),
            Self::Expired => "expired".to_owned(),
        }
    }

    /// The event that it is.
    pub const fn event(self) -> EventKind {
        match self {
            Self::Expiring(_) => EventKind::LicenseExpiring,
            Self::Expired => EventKind::LicenseExpired,
        }
    }

    /// Time before the end at which it is due.
    pub fn lead(self) -> Span {
        match self {
            Self::Expiring(days) => Span::days(days.into()),
            Self::Expired => Span::ZERO,
        }
    }

    /// Every notice with these days, the one nearest to the end first.
    pub fn all(days: &[u32]) -> Vec<Self> {
        let mut days: Vec<u32> = days.iter().copied().filter(|days| *days > 0).collect();
        days.sort_unstable();
        days.dedup();
        [Self::Expired].into_iter().chain(days.into_iter().map(Self::Expiring)).collect()
    }
}

/// Returns the notice that follows from a license having this end at this time, and that end at that later time: the
/// nearest to the end, if it was not due before. The end may be the same, so that only time has passed, or the time, so
/// that only the end was moved.
pub fn notice_between(
    (old_end, since): (Option<DateTime<Utc>>, DateTime<Utc>),
    (end, now): (Option<DateTime<Utc>>, DateTime<Utc>),
    days: &[u32],
) -> Option<Notice> {
    let is_due = |end: Option<DateTime<Utc>>, lead: Span, at| has_ended(end.map(|end| lead.before(end)), at);
    let nearest = Notice::all(days).into_iter().find(|notice| is_due(end, notice.lead(), now))?;
    (!is_due(old_end, nearest.lead(), since)).then_some(nearest)
}

/// Number of days until this end, rounded up.
pub fn days_left(end: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let (left, day) = (end - now, TimeDelta::days(1));
    (left.max(TimeDelta::zero()) + day - TimeDelta::microseconds(1)).num_days()
}
