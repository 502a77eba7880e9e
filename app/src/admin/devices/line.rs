//! A device, as lists and its own page say it.

use chrono::{DateTime, Utc};
use licensing::{activation::SessionState, release::Overlap};
use uuid::Uuid;

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLine {
    /// Its id: the API's `sessionId`.
    pub id: Uuid,
    /// Its name: support's, else the one that its software sent.
    pub name: Option<String>,
    /// The one that its software sent, where support gave it another.
    pub own_name: Option<String>,
    /// Number of the last change of support's name.
    pub name_revision: i64,
    /// Its platform, where the software sent one.
    pub platform: Option<String>,
    /// What it says of itself.
    pub fingerprint: String,
    /// The software's version, where it sent one.
    pub version: Option<String>,
    /// Where it last asked from.
    pub address: Option<String>,
    /// When it last asked.
    pub last_seen_at: DateTime<Utc>,
    /// Until when it is confirmed.
    pub lease_ends_at: DateTime<Utc>,
    /// Until when it may run without asking.
    pub token_expires_at: DateTime<Utc>,
    /// Until when it counts against the limit.
    pub hold_until: DateTime<Utc>,
    /// Where its session stands.
    pub state: SessionState,
    /// When its session was ended, if it was.
    pub ended_at: Option<DateTime<Utc>>,
    /// Until when support may take back that it took the seat.
    pub undo_until: Option<DateTime<Utc>>,
    /// When its seat would be free, if support took it now: later than now under strict terms.
    pub free_at: DateTime<Utc>,
    /// By how many devices the license could then pass its limit, and until when.
    pub overlap: Option<Overlap>,
}

/// So many of the tokens that run without a seat are counted; a license with more has other worries.
pub(crate) const MOST_ENDS: i64 = 10_000;

impl DeviceLine {
    /// What a device is called that has no name.
    pub const UNNAMED: &str = "unnamed device";

    /// What it is called, where nobody gave it a name too.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(Self::UNNAMED)
    }

    /// Whether it counts against the limit at `now`.
    pub fn holds_seat(&self, now: DateTime<Utc>) -> bool {
        self.hold_until > now
    }

    /// Whether its session is over for good.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, SessionState::Revoked | SessionState::Released)
    }
}

impl DeviceLine {
    /// A device of a license of these terms; `ends` are the ends of tokens that run without a seat.
    pub(crate) fn of(
        row: service::store::activations::Activation,
        taken: Option<service::store::taken::TakenSeat>,
        terms: &licensing::Terms,
        ends: &[DateTime<Utc>],
        now: DateTime<Utc>,
    ) -> Self {
        use licensing::{
            activation::DeviceFacts,
            release::{Act, By, Past, overlap, release},
            undo::UNDO_WITHIN,
        };

        let facts = DeviceFacts::from(&row);
        let freed = release(terms, &facts, Past::default(), By::Support, Act::Revoke, now).ok();
        let then = freed.map(|freed| [ends, &[freed.tokens_end_at]].concat());
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
            free_at: freed.map_or(now, |freed| freed.hold_until),
            overlap: then.and_then(|ends| overlap(terms, &ends, now)),
        }
    }
}
