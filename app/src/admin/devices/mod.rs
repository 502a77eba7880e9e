//! Devices: one of them, what support does to it, blocks, and those that are entered beforehand.

pub mod acts;
pub mod authorized;
pub mod blocks;
mod line;

use chrono::{DateTime, Utc};
use licensing::{Terms, activation::Snapshot, license::State};
use uuid::Uuid;

pub use line::DeviceLine;
pub(crate) use line::MOST_ENDS;

use crate::{
    Error,
    admin::{ReadName, audit::EventLine, devices::blocks::BlockLine},
};

/// A device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceDetail {
    /// What a list says of it.
    pub line: DeviceLine,
    /// Its license: id and name.
    pub license: (Uuid, String),
    /// What people decided about the license.
    pub state: State,
    /// Its product: id and name.
    pub product: (Uuid, String),
    /// The terms in effect now.
    pub terms: Terms,
    /// Seats of the license in use now.
    pub used: u64,
    /// SHA-256 of the fingerprint, in base64url as the token says it.
    pub fingerprint_hash: String,
    /// When this session began.
    pub activated_at: DateTime<Utc>,
    /// The decision that last granted it.
    pub decision: Uuid,
    /// The key that signed its last token.
    pub kid: Option<String>,
    /// The address of its status list, and its place there.
    pub place: Option<(String, i64)>,
    /// The terms and values of its last token.
    pub snapshot: Snapshot,
    /// Whether its fingerprint is entered for the license, where the terms ask for that.
    pub authorized: Option<bool>,
    /// The blocks that it is under.
    pub blocks: Vec<BlockLine>,
    /// Another device that looks like the same machine, before it was set up anew.
    pub twin: Option<Twin>,
    /// Whether its fingerprint is one that many machines have in common.
    pub placeholder: bool,
    /// The names that it gave itself of late, where they are so many that it may be several machines.
    pub names: Vec<String>,
    /// What happened to it, youngest first.
    pub events: Vec<EventLine>,
    /// Whether more happened than is shown.
    pub more_events: bool,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A device of the same license that has the same name and platform, and was last seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub called: String,
    /// When it last asked.
    pub last_seen_at: DateTime<Utc>,
}

/// How many events the page of a device shows.
const EVENTS: usize = 30;

/// The most seats of a license among which a twin is looked for.
const MOST_TWINS: i64 = 1_000;

pub const DEVICE: ReadName = ReadName("devices/device");

/// What the page of a device shows.
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
    // Among very many devices of one license, those of one name are not one machine.
    let twin = if license.seats_used > MOST_TWINS { None } else { on.twin_of(&row, now).await? };
    let twin = twin.map(|twin| Twin {
        id: twin.id,
        last_seen_at: twin.last_seen_at,
        called: twin.label.or(twin.device_name).unwrap_or_default(),
    });
    let of_device = EventFilter { license_id: Some(row.license_id), subject_id: Some(id), ..EventFilter::default() };
    let events = on.events(&of_device, Paging::First, EVENTS).await?;
    let placeholder = licensing::Fingerprint::read(&row.fingerprint).is_ok_and(|it| it.is_placeholder());
    let names = names_of(&events.rows);
    let place = row.place().map(|place| (service.status_list_uri(place.list), place.index));
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
        events: events.rows.into_iter().map(EventLine::from).collect(),
        line: DeviceLine::of(row, taken, &terms, &ends, now),
        terms,
        now,
    })
}

/// The names under which a device asked, where there are three or more: machines are renamed, but seldom.
fn names_of(events: &[service::store::events::Event]) -> Vec<String> {
    let own = events.iter().filter(|event| event.actor_kind == "device" && event.actor_name != "unnamed device");
    let names: std::collections::BTreeSet<&str> = own.map(|event| event.actor_name.as_str()).collect();
    if names.len() < 3 { vec![] } else { names.into_iter().map(str::to_owned).collect() }
}
