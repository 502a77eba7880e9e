//! Devices: a single one, support's acts on it, blocks, and pre-registered devices.

pub mod acts;
pub mod authorized;
pub mod blocks;
mod line;
pub mod list;
mod return_to;

use chrono::{DateTime, Utc};
use licensing::{Terms, activation::Snapshot, license::State};
use uuid::Uuid;

pub use line::DeviceLine;
pub(crate) use line::MOST_ENDS;
pub use return_to::ReturnTo;

use crate::{
    Error,
    admin::{
        ReadName,
        audit::{EventLine, folded},
        devices::blocks::BlockLine,
    },
};

/// A device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceDetail {
    /// The device as in a list.
    pub line: DeviceLine,
    /// The license: id and name.
    pub license: (Uuid, String),
    /// The license's state.
    pub state: State,
    /// The product: id and name.
    pub product: (Uuid, String),
    /// The terms in effect now.
    pub terms: Terms,
    /// Number of seats of the license in use now.
    pub used: u64,
    /// SHA-256 of the fingerprint, in base64url as in the token.
    pub fingerprint_hash: String,
    /// The time at which this activation began.
    pub activated_at: DateTime<Utc>,
    /// The decision of its last grant.
    pub decision: Uuid,
    /// The id of the key that signed its last token.
    pub kid: Option<String>,
    /// The address of its status list, and its index there.
    pub place: Option<(String, i64)>,
    /// The terms and feature values of its last token.
    pub snapshot: Snapshot,
    /// `true` if the device is pre-registered; `None` if the terms do not require it.
    pub authorized: Option<bool>,
    /// The blocks that apply to it.
    pub blocks: Vec<BlockLine>,
    /// Another device that seems to be the same machine before a reinstallation.
    pub twin: Option<Twin>,
    /// `true` if its fingerprint is a placeholder that many machines share.
    pub placeholder: bool,
    /// The names that it sent recently, if there are so many that it may be several machines.
    pub names: Vec<String>,
    /// The device's events, newest first.
    pub events: Vec<EventLine>,
    /// `true` if there are more events than shown.
    pub more_events: bool,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A device of the same license with the same name and platform that was last seen earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// The device's id.
    pub id: Uuid,
    /// The device's name.
    pub display_name: String,
    /// The time of its last request.
    pub last_seen_at: DateTime<Utc>,
}

/// Number of events on a device's page.
const EVENTS: usize = 30;

/// Maximum number of seats of a license that is searched for twins.
const MOST_TWINS: i64 = 1_000;

pub const DEVICE: ReadName = ReadName("devices/device");

/// The data of a device's page.
pub async fn device(id: String) -> Result<DeviceDetail, Error> {
    use licensing::terms::Devices;
    use service::store::{blocks::BlockFilter, events::EventFilter, page::Paging};

    crate::admin::guard_read(DEVICE)?;
    let (service, id) = (crate::admin::service()?, crate::admin::read_id(&id)?);
    let now = service.clock().now();
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let row = on.activation(id).await?.ok_or(Error::NotFound)?;
    let license = on.license(row.license_id, now).await?.ok_or(Error::NotFound)?;
    let terms = license.policy_terms.with(&license.license.overrides);
    let hash: Option<[u8; 32]> = row.fingerprint_hash.as_slice().try_into().ok();
    let wide = BlockFilter { fingerprint_hash: hash, reaching: Some(row.license_id), ..BlockFilter::default() };
    let blocks = on.blocks(wide, Paging::First, 10).await?.rows.into_iter().map(BlockLine::from).collect();
    let authorized = match (terms.devices, &hash) {
        (Devices::Authorized, Some(hash)) => {
            let found = on.desk_authorizations(&[*hash]).await?;
            Some(found.iter().any(|entry| entry.license_id == row.license_id))
        }
        (Devices::Authorized | Devices::Any, _) => None,
    };
    // Among that many devices of one license, the same name does not mean the same machine.
    let twin = if license.seats_used > MOST_TWINS { None } else { on.twin_of(&row, now).await? };
    let twin = twin.map(|twin| Twin {
        id: twin.id,
        last_seen_at: twin.last_seen_at,
        display_name: twin.label.or(twin.device_name).unwrap_or_default(),
    });
    let of_device = EventFilter { license_id: Some(row.license_id), subject_id: Some(id), ..EventFilter::default() };
    let events = on.events(&of_device, Paging::First, EVENTS).await?;
    let placeholder = licensing::Fingerprint::read(&row.fingerprint).is_ok_and(|it| it.is_placeholder());
    let names = names_of(&events.rows);
    let place = row.place().map(|place| (service.keys().status_list_uri(place.list), place.index));
    let ends = on.tokens_without_seat(row.license_id, now, MOST_ENDS).await?;
    let taken = on.taken_seat(id).await?;
    Ok(DeviceDetail {
        license: (row.license_id, crate::admin::licenses::name_of(&license.license)),
        state: license.license.state,
        product: (license.license.product_id, license.product_name),
        used: crate::admin::counted(license.seats_used),
        fingerprint_hash: service::hash_in_words(&row.fingerprint_hash),
        activated_at: row.activated_at,
        decision: row.decision_id,
        kid: row.kid.clone(),
        place,
        snapshot: row.snapshot.clone(),
        authorized,
        blocks,
        twin,
        placeholder,
        names,
        more_events: events.next.is_some(),
        events: folded(events.rows.into_iter().map(EventLine::from), |line| Some(line)),
        line: DeviceLine::of(row, taken, &terms, &ends, now),
        terms,
        now,
    })
}

/// The names that a device sent, if there are three or more: machines are renamed, but rarely.
fn names_of(events: &[service::store::events::Event]) -> Vec<String> {
    let own = events.iter().filter(|event| event.actor_kind == "device" && event.actor_name != "unnamed device");
    let names: std::collections::BTreeSet<&str> = own.map(|event| event.actor_name.as_str()).collect();
    if names.len() < 3 { vec![] } else { names.into_iter().map(str::to_owned).collect() }
}
