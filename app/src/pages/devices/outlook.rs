//! The effects of freeing or revoking a device's seat, shown before the act.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::{Terms, release::Overlap, sentence::count};

use crate::{admin::devices::DeviceLine, components::When};

/// States when the seat becomes free, and by how many devices the license may then exceed its limit.
pub(crate) fn outlook(device: &DeviceLine, (terms, used): (&Terms, u64), now: DateTime<Utc>) -> AnyView {
    let runs = (device.token_expires_at > now).then_some(device.token_expires_at);
    let token = runs.map(
        |at| view! { "If the device stays offline, it can keep running until its token ends " <When at now /> ". " },
    );
    if !device.holds_seat(now) {
        return view! { "The device holds no seat; this only ends its session. " {token} }.into_any();
    }
    let free = device.free_at;
    if free > now {
        return view! {
            "The seat becomes free " <When at=free now />
            ", when its last token has ended: the terms are strict, so the seat counts until then. "
        }
        .into_any();
    }
    let may = device.overlap.and_then(|overlap| text(overlap, (terms, used.saturating_sub(1)), now));
    view! { "The seat is free immediately. " {token} {may} }.into_any()
}

/// The current overlap on a license with this number of seats in use. `None` if there is none.
pub(crate) fn overlap_note(
    overlap: Option<Overlap>,
    terms_and_used: (&Terms, u64),
    now: DateTime<Utc>,
) -> Option<AnyView> {
    let text = overlap.and_then(|overlap| text(overlap, terms_and_used, now))?;
    Some(view! { <p>"The tokens of some freed seats are still valid. " {text}</p> }.into_any())
}

/// `Until the last such token ends, in 5 days, up to 6 devices may run on 5 seats.` A license over its limit keeps the
/// seats in use, so that they count instead of the allowed ones.
fn text(overlap: Overlap, (terms, used): (&Terms, u64), now: DateTime<Utc>) -> Option<AnyView> {
    let allowed = u64::from(terms.allowed()?);
    let devices = count(allowed.max(used).saturating_add(overlap.devices.into()), "device");
    let seats = count(allowed, "seat");
    let until = overlap.until;
    Some(view! { "Until the last such token ends, " <When at=until now /> <b>{format!(", up to {devices} may run on {seats}")}</b> ". " }.into_any())
}
