//! Webhooks: subscriptions and their deliveries.

mod delivery;
mod detail;
mod dialogs;
mod form;
mod list;

pub use delivery::DeliveryPage;
pub use detail::WebhookPage;
pub use form::{EditWebhookPage, NewWebhookPage};
pub use list::WebhooksPage;

use leptos::prelude::*;
use licensing::webhook::{DeliveryState, SubscriptionState};

use crate::components::{Badge, Shape, State, Tone};

/// The state of a subscription.
fn state_of(state: SubscriptionState) -> impl IntoView {
    let (shape, word) = match state {
        SubscriptionState::PendingVerification => (Shape::Waiting, "Not verified"),
        SubscriptionState::Active => (Shape::Active, "Active"),
        SubscriptionState::Disabled => (Shape::Ended, "Disabled"),
        SubscriptionState::Suspended => (Shape::Suspended, "Suspended"),
    };
    view! { <State shape word /> }
}

/// The state of a delivery.
fn delivery_state(state: DeliveryState) -> impl IntoView {
    let tone = match state {
        DeliveryState::Pending => Tone::Accent,
        DeliveryState::Delivered => Tone::Good,
        DeliveryState::Dead | DeliveryState::Blocked => Tone::Bad,
        DeliveryState::Held => Tone::Warn,
    };
    view! { <Badge tone>{delivery_word(state)}</Badge> }
}

const fn delivery_word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "Pending",
        DeliveryState::Delivered => "Delivered",
        DeliveryState::Dead => "Failed",
        DeliveryState::Blocked => "Blocked",
        DeliveryState::Held => "Held",
    }
}
