//! Acts on subscriptions and deliveries.

use leptos::prelude::*;
use licensing::webhook::DeliveryState;
use serde::{Deserialize, Serialize};
use service::SubscriptionForm;
use uuid::Uuid;

use super::MADE;
use crate::{
    Error,
    admin::{browser, guard, read_id, service},
    form::read_revision,
    http::done::Done,
};

/// The check boxes of the groups of types; an unchecked one is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Groups {
    /// Everything, also types of later versions.
    pub all: String,
    /// Licenses.
    pub license: String,
    /// Activation codes.
    pub code: String,
    /// Devices and their seats.
    pub activation: String,
    /// Blocks.
    pub device: String,
    /// Products.
    pub product: String,
    /// Policies.
    pub policy: String,
    /// Signing keys.
    pub key: String,
    /// Jobs.
    pub job: String,
    /// Subscriptions.
    pub webhook: String,
}

impl Groups {
    /// The patterns: those of the checked groups, and those that were typed.
    fn patterns(&self, typed: &str) -> Vec<String> {
        let boxes = [
            ("*", &self.all),
            ("license.*", &self.license),
            ("code.*", &self.code),
            ("activation.*", &self.activation),
            ("device.*", &self.device),
            ("product.*", &self.product),
            ("policy.*", &self.policy),
            ("key.*", &self.key),
            ("job.*", &self.job),
            ("webhook.*", &self.webhook),
        ];
        let checked = boxes.into_iter().filter(|(_, ticked)| !ticked.is_empty()).map(|(pattern, _)| pattern);
        let typed = typed.split(|c: char| c == ',' || c.is_whitespace()).filter(|text| !text.is_empty());
        checked.chain(typed).map(str::to_owned).collect()
    }
}

fn form(
    url: String,
    description: String,
    (groups, types): (&Groups, &str),
    product: &str,
) -> Result<SubscriptionForm, Error> {
    let products = if product.is_empty() { vec![] } else { vec![read_id(product)?] };
    let event_types = groups.patterns(types);
    Ok(SubscriptionForm { url, description, event_types, products, enabled: true, ..SubscriptionForm::default() })
}

/// Names the fields of the page in the errors of an act.
fn at_fields(error: service::Error) -> Error {
    let service::Error::Invalid(mut invalid) = error else { return error.into() };
    for error in &mut invalid.0 {
        match error.field.as_str() {
            "event_types" => error.field = "types".to_owned(),
            "products" => error.field = "of_product".to_owned(),
            "overlap_hours" => error.field = "hours".to_owned(),
            _ => {}
        }
    }
    invalid.into()
}

fn page_of(id: Uuid) -> String {
    format!("/settings/webhooks/{id}")
}

/// Creates a subscription, whose secret is shown once.
#[server(endpoint = "webhooks/create")]
pub async fn create_webhook(
    #[server(default)] url: String,
    #[server(default)] description: String,
    #[server(flatten)] groups: Groups,
    #[server(default)] types: String,
    #[server(default)] of_product: String,
) -> Result<(), Error> {
    let actor = guard::<CreateWebhook>()?;
    let form = form(url, description, (&groups, &types), &of_product)?;
    let made = service()?.webhooks().create_subscription(form, None, &actor).await;
    let (row, secret) = made.map_err(at_fields)?;
    browser()?.keep(MADE, secret.text()).await?;
    Done::WebhookCreated.at(&page_of(row.id));
    Ok(())
}

/// Changes a subscription.
#[server(endpoint = "webhooks/change")]
pub async fn change_webhook(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] url: String,
    #[server(default)] description: String,
    #[server(flatten)] groups: Groups,
    #[server(default)] types: String,
    #[server(default)] of_product: String,
) -> Result<(), Error> {
    let actor = guard::<ChangeWebhook>()?;
    let (id, opened) = (read_id(&id)?, read_revision(&revision)?);
    let form = form(url, description, (&groups, &types), &of_product)?;
    let edit = |row: &service::store::webhooks::Subscription| {
        // The page has no fields for these, and one for a single product.
        let keeps_products = row.products.len() > 1 && form.products.is_empty();
        let products = if keeps_products { row.products.clone() } else { form.products.clone() };
        let enabled = row.state.sends();
        Ok(SubscriptionForm {
            kinds: row.kinds.clone(),
            attributes: row.attributes.clone(),
            products,
            enabled,
            ..form.clone()
        })
    };
    service()?.webhooks().edit_subscription(id, opened, &actor, edit).await.map_err(at_fields)?;
    Done::WebhookChanged.at(&page_of(id));
    Ok(())
}

/// Enables or disables a subscription.
#[server(endpoint = "webhooks/switch")]
pub async fn switch_webhook(#[server(default)] id: String, #[server(default)] on: String) -> Result<(), Error> {
    let actor = guard::<SwitchWebhook>()?;
    let (id, enabled) = (read_id(&id)?, !on.is_empty());
    let edit = |row: &service::store::webhooks::Subscription| {
        Ok(SubscriptionForm {
            url: row.url.clone(),
            description: row.description.clone().unwrap_or_default(),
            event_types: row.event_types.clone(),
            products: row.products.clone(),
            kinds: row.kinds.clone(),
            attributes: row.attributes.clone(),
            enabled,
        })
    };
    service()?.webhooks().edit_subscription(id, None, &actor, edit).await?;
    let done = if enabled { Done::WebhookEnabled } else { Done::WebhookDisabled };
    done.at(&page_of(id));
    Ok(())
}

/// Deletes a subscription.
#[server(endpoint = "webhooks/delete")]
pub async fn delete_webhook(#[server(default)] id: String) -> Result<(), Error> {
    let actor = guard::<DeleteWebhook>()?;
    service()?.webhooks().delete_subscription(read_id(&id)?, &actor).await?;
    Done::WebhookDeleted.at("/settings/webhooks");
    Ok(())
}

/// Sends the challenge again, and waits for the answer.
#[server(endpoint = "webhooks/verify")]
pub async fn verify_webhook(#[server(default)] id: String) -> Result<(), Error> {
    let actor = guard::<VerifyWebhook>()?;
    let (id, service) = (read_id(&id)?, service()?);
    let delivery = service.webhooks().verify_subscription(id, &actor).await?;
    let delivery = service.webhooks().attempted(delivery).await?;
    match delivery.state {
        DeliveryState::Delivered => Done::WebhookVerified.at(&page_of(id)),
        _ => Done::WebhookTried.at(&format!("{}/deliveries/{}", page_of(id), delivery.id)),
    }
    Ok(())
}

/// Accepts the address without an answer from it.
#[server(endpoint = "webhooks/vouch")]
pub async fn vouch_for_webhook(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), Error> {
    let actor = guard::<VouchForWebhook>()?;
    let id = read_id(&id)?;
    service()?.webhooks().vouch_for_subscription(id, &reason, &actor).await?;
    Done::WebhookVerified.at(&page_of(id));
    Ok(())
}

/// Gives a subscription a new secret, which is shown once.
#[server(endpoint = "webhooks/rotate")]
pub async fn rotate_webhook(#[server(default)] id: String, #[server(default)] hours: String) -> Result<(), Error> {
    let actor = guard::<RotateWebhook>()?;
    let id = read_id(&id)?;
    let hours =
        crate::number::read(&hours).ok_or_else(|| Error::field("hours", "must be a whole number from 0 to 168"))?;
    let secret = service()?.webhooks().rotate_webhook_secret(id, hours, &actor).await.map_err(at_fields)?;
    browser()?.keep(MADE, secret.text()).await?;
    Done::WebhookRotated.at(&page_of(id));
    Ok(())
}

/// Sends a test message, and waits for the answer.
#[server(endpoint = "webhooks/test")]
pub async fn test_webhook(#[server(default)] id: String, #[server(default)] event_type: String) -> Result<(), Error> {
    let actor = guard::<TestWebhook>()?;
    let (id, service) = (read_id(&id)?, service()?);
    let delivery = service.webhooks().test_fire(id, &event_type, &actor).await?;
    let delivery = service.webhooks().attempted(delivery).await?;
    Done::WebhookTried.at(&format!("{}/deliveries/{}", page_of(id), delivery.id));
    Ok(())
}

/// Sends a delivery again, or all in a state.
#[server(endpoint = "webhooks/replay")]
pub async fn replay_webhook(
    #[server(default)] id: String,
    #[server(default)] delivery: String,
    #[server(default)] state: String,
) -> Result<(), Error> {
    use service::{Replay, store::webhooks::DeliveryFilter};

    let actor = guard::<ReplayWebhook>()?;
    let (id, service) = (read_id(&id)?, service()?);
    let replay = match delivery.as_str() {
        "" => {
            let state = DeliveryState::from_name(&state).ok_or_else(|| Error::field("state", "must be a state"))?;
            Replay::Matching(DeliveryFilter { state: Some(state), ..DeliveryFilter::default() })
        }
        delivery => Replay::These(vec![read_id(delivery)?]),
    };
    service.webhooks().replay_deliveries(id, &replay, &actor).await?;
    Done::WebhookReplayed.at(&page_of(id));
    Ok(())
}
