//! Events of a batch.

use chrono::{DateTime, Utc};
use licensing::{
    EventKind, SubjectKind,
    activation::{Grant, Purpose, Seating},
};
use serde_json::{Value, json};
use store::{activations::Activation, desk::LapsedSeat, events::Event};
use uuid::Uuid;

use crate::{Clock, activation::desk::request::Ask, actor::UNNAMED};

/// The event of a grant, with the decision's id.
pub(super) fn granted(ask: &Ask, grant: &Grant, row: &Activation, now: DateTime<Utc>) -> Event {
    let act = match (ask.request.purpose, grant.seating) {
        (Purpose::CheckIn, _) => EventKind::DeviceCheckedIn,
        (Purpose::Activate | Purpose::Renew, Seating::Kept) => EventKind::DeviceRenewed,
        (Purpose::Activate | Purpose::Renew, Seating::New | Seating::Returned | Seating::Readmitted) => {
            EventKind::DeviceActivated
        }
    };
    let mut after = json!({ "lease_ends_at": row.lease_ends_at });
    if let (true, Some(reported)) = (grant.over, after.as_object_mut()) {
        reported.insert("over_limit".to_owned(), Value::Bool(true));
    }
    if let Some((file, reported)) = ask.file.as_ref().zip(after.as_object_mut()) {
        reported.insert("offline_key".to_owned(), Value::String(file.key.to_string()));
    }
    event(row.decision_id, ask, row, act, (row.id, row.device_name.as_ref()), after, now)
}

/// The event of a device that loses its lapsed seat to the requesting one.
pub(super) fn taken_over(ask: &Ask, row: &Activation, seat: &LapsedSeat, now: DateTime<Utc>) -> Event {
    let after = json!({ "taken_over_by": row.id, "lease_ended_at": seat.lease_ends_at });
    event(Clock::id_at(now), ask, row, EventKind::DeviceTakenOver, (seat.id, seat.device_name.as_ref()), after, now)
}

fn event(
    id: Uuid,
    ask: &Ask,
    row: &Activation,
    act: EventKind,
    (subject, name): (Uuid, Option<&String>),
    after: Value,
    now: DateTime<Utc>,
) -> Event {
    let named = |name: Option<&String>| name.map_or(UNNAMED, String::as_str).to_owned();
    let staff = ask.file.as_ref().and_then(|file| file.by.as_ref());
    Event {
        id,
        at: now,
        actor_kind: staff.map_or("device", |actor| actor.kind.name()).to_owned(),
        actor_id: staff.and_then(|actor| actor.kind.id()),
        actor_name: staff.map_or_else(|| named(row.device_name.as_ref()), |actor| actor.name.clone()),
        act: act.name().to_owned(),
        subject_kind: SubjectKind::Device.name().to_owned(),
        subject_id: Some(subject),
        subject_name: named(name),
        license_id: Some(row.license_id),
        before: None,
        after: Some(after),
        reason: None,
        address: ask.origin.address.clone(),
        request_id: ask.origin.request_id.clone(),
    }
}
