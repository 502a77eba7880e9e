//! Dialogs of a subscription's page.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use licensing::webhook::{CATALOG, SubscriptionState};

use crate::{
    admin::webhooks::{
        WebhookLine,
        acts::{DeleteWebhook, ReplayWebhook, RotateWebhook, TestWebhook, VouchForWebhook},
    },
    components::{Confirm, Dialog, SelectField, TextField},
    form::act,
};

/// The dialogs.
#[component]
pub(super) fn Dialogs(
    /// The subscription.
    of: StoredValue<WebhookLine>,
) -> impl IntoView {
    let (id, state) = of.with_value(|line| (line.id.to_string(), line.state));
    let id = StoredValue::new(id);
    let of_it = move || vec![("id", id.get_value())];
    let is_active = state == SubscriptionState::Active;
    let is_pending = state == SubscriptionState::PendingVerification;
    let (test, rotate, vouch) = (act::<TestWebhook>(), act::<RotateWebhook>(), act::<VouchForWebhook>());
    let (delete, replay) = (act::<DeleteWebhook>(), act::<ReplayWebhook>());
    let query = use_query_map();
    let chosen = move || query.with_untracked(|query| query.get_str("state").unwrap_or_default().to_owned());
    view! {
        <Dialog name="test" title="Send a test message?" applies=is_active>
            <p>"Sends an example of this type, marked as a test. The next page shows the answer."</p>
            <Confirm action=test id="test" of=of_it() does="Send test message">
                <SelectField name="event_type" label="Type" choices=types() />
            </Confirm>
        </Dialog>
        <Dialog name="rotate" title="Rotate the secret?">
            <p>"Creates a new secret, shown once. For a while, both sign each message, so that your system can switch over."</p>
            <Confirm action=rotate id="rotate" of=of_it() does="Rotate secret">
                <TextField name="hours" label="Both sign for" value="24" unit="hours" keyboard="numeric" required=true />
            </Confirm>
        </Dialog>
        <Dialog name="vouch" title="Vouch for this address?" applies=is_pending>
            <p>"Messages are sent to it without a proof that its owner wants them. Make sure that the address is yours."</p>
            <Confirm
                action=vouch
                id="vouch"
                of=of_it()
                reason="For example: it is our own gateway"
                does="Vouch for it"
            />
        </Dialog>
        <Dialog name="delete" title="Delete this webhook?">
            <p>"Nothing is sent to the address any longer, not even messages that are waiting. This can’t be undone."</p>
            <Confirm action=delete id="delete" of=of_it() does="Delete webhook" danger=true />
        </Dialog>
        <Dialog name="replay" title="Send these deliveries again?" applies=is_active>
            <p>"Sends all deliveries in this state again, the oldest 10,000 first. Your system recognizes repeats by their id."</p>
            <Confirm
                action=replay
                id="replay"
                of=vec![("id", id.get_value()), ("state", chosen())]
                does="Send again"
            />
        </Dialog>
    }
}

fn types() -> Vec<(String, String)> {
    CATALOG.iter().map(|of| (of.name.to_owned(), of.name.to_owned())).collect()
}
