//! Events of a batch.

use chrono::{DateTime, Utc};
use licensing::{
    EventKind, SubjectKind,
    activation::{Grant, Purpose, Seating},
};
use serde_json::{Value, json};
use store::{
    Store,
    activations::Activation,
    desk::{DeskLicense, LapsedSeat},
    events::Event,
};
use uuid::Uuid;

use super::known_license::KnownLicense;
use crate::{
    Actor, Clock, Result,
    activation::desk::request::DeskRequest,
    actor::UNNAMED,
    audit::{Record, Subject},
};

/// The event of a grant, with the decision's id.
pub(super) fn granted(request: &DeskRequest, grant: &Grant, row: &Activation, now: DateTime<Utc>) -> Event {
    let kind = match (request.input.purpose, grant.seating) {
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
    if let Some((file, reported)) = request.file.as_ref().zip(after.as_object_mut()) {
        reported.insert("offline_key".to_owned(), Value::String(file.key.to_string()));
    }
    event(row.decision_id, request, row, kind, (row.id, row.device_name.as_ref()), after, now)
}

/// The event of a device that loses its lapsed seat to the requesting one.
pub(super) fn taken_over(request: &DeskRequest, row: &Activation, seat: &LapsedSeat, now: DateTime<Utc>) -> Event {
    let after = json!({ "taken_over_by": row.id, "lease_ended_at": seat.lease_ends_at });
    event(Clock::id_at(now), request, row, EventKind::DeviceTakenOver, (seat.id, seat.device_name.as_ref()), after, now)
}

/// The events of a license that a grant brings about: its first device, and its last free seat. They are written only if
/// a subscription wants them, since the device's own event tells people the same.
pub(super) fn milestones(
    store: &Store,
    known: &KnownLicense,
    (grant, row): (&Grant, &Activation),
    now: DateTime<Utc>,
) -> Result<Vec<Event>> {
    let mut events = vec![];
    if grant.first_activation && store.is_wanted(EventKind::LicenseActivated) {
        let after = json!({ "activation": row.id, "ends_at": grant.license_ends_at });
        events.push(of_license(&known.row, EventKind::LicenseActivated, &after, now)?);
    }
    let seats = u64::from(known.seats.used);
    let takes_last = grant.takes_seat && grant.takes_over == 0 && known.facts.terms.seats.limit() == Some(seats);
    if takes_last && store.is_wanted(EventKind::LicenseSeatLimitReached) {
        events.push(of_license(&known.row, EventKind::LicenseSeatLimitReached, &json!({ "seats": seats }), now)?);
    }
    Ok(events)
}

/// An event that the server observed. Not one of the device: all of those begin with `device.`.
fn of_license(license: &DeskLicense, kind: EventKind, after: &Value, now: DateTime<Utc>) -> Result<Event> {
    let name = license.customer.clone().or_else(|| license.email.clone());
    let name = name.unwrap_or_else(|| format!("license of {}", license.product_name));
    let subject = Subject::new(SubjectKind::License, license.id, name).of_license(license.id);
    Record::new(&Actor::server(), kind, subject).made(after).into_event(now)
}

fn event(
    id: Uuid,
    request: &DeskRequest,
    row: &Activation,
    kind: EventKind,
    (subject, name): (Uuid, Option<&String>),
    after: Value,
    now: DateTime<Utc>,
) -> Event {
    let named = |name: Option<&String>| name.map_or(UNNAMED, String::as_str).to_owned();
    let staff = request.file.as_ref().and_then(|file| file.by.as_ref());
    Event {
        id,
        at: now,
        actor_kind: staff.map_or("device", |actor| actor.kind.name()).to_owned(),
        actor_id: staff.and_then(|actor| actor.kind.id()),
        actor_name: staff.map_or_else(|| named(row.device_name.as_ref()), |actor| actor.name.clone()),
        kind: kind.name().to_owned(),
        subject_kind: SubjectKind::Device.name().to_owned(),
        subject_id: Some(subject),
        subject_name: named(name),
        license_id: Some(row.license_id),
        before: None,
        after: Some(after),
        reason: None,
        address: request.origin.address.clone(),
        request_id: request.origin.request_id.clone(),
    }
}
