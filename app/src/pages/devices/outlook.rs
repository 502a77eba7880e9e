//! What follows when a device's seat is given up: said before somebody does it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::{Terms, release::Overlap, sentence::count};

use crate::{admin::devices::DeviceLine, components::When};

/// When the seat is free, and by how many devices the license may then pass its limit.
pub(crate) fn outlook(device: &DeviceLine, terms: &Terms, now: DateTime<Utc>) -> AnyView {
    let runs = (device.token_expires_at > now).then_some(device.token_expires_at);
    let token = runs.map(|at| view! { "If the device stays offline, its token ends " <When at now /> ". " });
    if !device.holds_seat(now) {
        return view! { "It holds no seat; this ends its session for good. " {token} }.into_any();
    }
    let free = device.free_at;
    if free > now {
        return view! {
            "Its seat is free " <When at=free now />
            ", when every token issued for it has ended: the terms are strict, and until then it counts. "
        }
        .into_any();
    }
    let may = device.overlap.and_then(|overlap| said(overlap, terms, now));
    view! { "Its seat is free at once. " {token} {may} }.into_any()
}

/// What stands open on a license now, if anything does.
pub(crate) fn standing(overlap: Option<Overlap>, terms: &Terms, now: DateTime<Utc>) -> Option<AnyView> {
    let said = overlap.and_then(|overlap| said(overlap, terms, now))?;
    Some(view! { <p>"Seats were given away whose tokens still run. " {said}</p> }.into_any())
}

/// `Until then, up to 6 devices may run on 5 seats.`
fn said(overlap: Overlap, terms: &Terms, now: DateTime<Utc>) -> Option<AnyView> {
    let allowed = u64::from(terms.allowed()?);
    let devices = count(allowed.saturating_add(overlap.devices.into()), "device");
    let seats = count(allowed, "seat");
    let until = overlap.until;
    Some(view! { "Until the last such token ends, " <When at=until now /> <b>{format!(", up to {devices} may run on {seats}")}</b> ". " }.into_any())
}
