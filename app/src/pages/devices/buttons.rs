//! The buttons for support on a device, and the wording of its session state.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::{Permission, activation::SessionState as Session};
use uuid::Uuid;

use crate::{
    admin::devices::{DeviceLine, ReturnTo, acts::RestoreDevice},
    components::{Shape, State, dialog_address, may},
    form::{Form, act},
};

/// The buttons of a device in a list: free and revoke; or undo, shortly after one of them was used. A device without a
/// seat has none to free: its session can be ended.
pub(crate) fn row_acts(device: &DeviceLine, now: DateTime<Utc>) -> AnyView {
    if device.is_over() {
        return device.undo_until.map(|_| undo(device.id, device.display_name(), ReturnTo::License)).into_any();
    }
    let free = if device.holds_seat(now) { "Free" } else { "End session" };
    [("free", free), ("revoke", "Revoke")]
        .map(|(act, verb)| button(act, verb, device))
        .into_iter()
        .collect_view()
        .into_any()
}

fn button(act: &'static str, verb: &'static str, device: &DeviceLine) -> AnyView {
    let label = format!("{verb} {}", device.display_name());
    match may(Permission::HelpCustomers) {
        true => view! {
            <a class="button small" href=dialog_address(&format!("{act}-{}", device.id)) aria-label=label>
                {verb}
            </a>
        }
        .into_any(),
        false => view! {
            <button
                class="button small"
                type="button"
                aria-disabled="true"
                aria-describedby="why-revoke"
                aria-label=label
            >
                {verb}
            </button>
        }
        .into_any(),
    }
}

/// The button that undoes freeing or revoking a seat. `from` is the page that shows it.
pub(crate) fn undo(id: Uuid, display_name: &str, from: ReturnTo) -> Option<AnyView> {
    if !may(Permission::HelpCustomers) {
        return None;
    }
    let action = act::<RestoreDevice>();
    let label = format!("Undo: restore the seat of {display_name}");
    Some(
        view! {
            <Form action id=format!("undo-{id}") class="inline">
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="from" value=from.field() />
                <button class="button small" type="submit" aria-label=label>
                    "Undo"
                </button>
            </Form>
        }
        .into_any(),
    )
}

/// The state of a device's session.
pub(crate) fn state_of(device: &DeviceLine, now: DateTime<Utc>) -> AnyView {
    let cools = device.holds_seat(now);
    let (shape, word) = match device.state {
        Session::Active => (Shape::Active, "Active"),
        Session::Lapsed => (Shape::Ending, "In grace period"),
        Session::CheckedOut => (Shape::Suspended, "Checked out"),
        Session::Expired => (Shape::Ended, "No seat"),
        Session::Released if cools => (Shape::Ended, "Released, cooling down"),
        Session::Released => (Shape::Ended, "Released"),
        Session::Revoked if cools => (Shape::Revoked, "Revoked, cooling down"),
        Session::Revoked => (Shape::Revoked, "Revoked"),
    };
    view! { <State shape word /> }.into_any()
}
