//! A device's data in lists and on its own page.

use chrono::{DateTime, Utc};
use licensing::{activation::SessionState, release::Overlap};
use uuid::Uuid;

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLine {
    /// The device's id: the API's `sessionId`.
    pub id: Uuid,
    /// The device's name: support's, else the one that its software sent.
    pub name: Option<String>,
    /// The name that the software sent, if support chose another.
    pub own_name: Option<String>,
    /// Revision of support's name.
    pub name_revision: i64,
    /// The platform, if the software sent one.
    pub platform: Option<String>,
    /// The fingerprint.
    pub fingerprint: String,
    /// The software's version, if it sent one.
    pub version: Option<String>,
    /// The IP address of its last request.
    pub address: Option<String>,
    /// The time of its last request.
    pub last_seen_at: DateTime<Utc>,
    /// The end of the lease.
    pub lease_ends_at: DateTime<Utc>,
    /// The time until which it can run without a renewal.
    pub token_expires_at: DateTime<Utc>,
    /// The time until which it counts against the limit.
    pub hold_until: DateTime<Utc>,
    /// The activation's state.
    pub state: SessionState,
    /// The end of its activation, if it was released or revoked.
    pub ended_at: Option<DateTime<Utc>>,
    /// The time until which support can undo that it took the seat.
    pub undo_until: Option<DateTime<Utc>>,
    /// The time at which the seat would be free if support took it now: later than now under strict terms.
    pub free_at: DateTime<Utc>,
    /// The number of devices by which the license could then pass its limit, and until when.
    pub overlap: Option<Overlap>,
}

/// Maximum number of tokens without a seat that are counted. A license with more of them has other problems.
pub(crate) const MOST_ENDS: i64 = 10_000;

impl DeviceLine {
    /// The name of a device that has none.
    pub const UNNAMED: &str = "unnamed device";

    /// The device's name, or [`UNNAMED`](Self::UNNAMED).
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(Self::UNNAMED)
    }

    /// Returns `true` if it counts against the limit at `now`.
    pub fn holds_seat(&self, now: DateTime<Utc>) -> bool {
        self.hold_until > now
    }

    /// Returns `true` if its activation has ended permanently.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, SessionState::Revoked | SessionState::Released)
    }
}

impl DeviceLine {
    /// A device of a license with these terms; `ends` are the ends of tokens that are valid without a seat.
    pub(crate) fn of(
        row: service::store::activations::Activation,
        taken: Option<service::store::revoked_seats::SeatBefore>,
        terms: &licensing::Terms,
        ends: &[DateTime<Utc>],
        now: DateTime<Utc>,
    ) -> Self {
        use licensing::{
            activation::DeviceFacts,
            release::{By, Past, ReleaseAct, overlap, release},
            undo::UNDO_WITHIN,
        };

        let facts = DeviceFacts::from(&row);
        let released = release(terms, &facts, Past::default(), By::Support, ReleaseAct::Revoke, now).ok();
        let then = released.map(|released| [ends, &[released.tokens_end_at]].concat());
        let undo_until = taken.map(|seat| UNDO_WITHIN.after(seat.taken_at));
        let (name, own_name) = match row.label {
            Some(label) => (Some(label), row.device_name),
            None => (row.device_name, None),
        };
        Self {
            id: row.id,
            name,
            own_name,
            name_revision: row.label_revision,
            platform: row.platform,
            fingerprint: row.fingerprint,
            version: row.software_version,
            address: row.address,
            last_seen_at: row.last_seen_at,
            lease_ends_at: row.lease_ends_at,
            token_expires_at: row.token_expires_at,
            hold_until: row.hold_until,
            state: SessionState::of(&facts, now),
            ended_at: row.revoked_at.or(row.released_at),
            undo_until: undo_until.filter(|until| *until > now),
            free_at: released.map_or(now, |released| released.hold_until),
            overlap: then.and_then(|ends| overlap(terms, &ends, now)),
        }
    }
}
