//! Subscriptions to webhooks, and their deliveries.

pub mod acts;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use licensing::webhook::{CATALOG, DeliveryState, SubscriptionState};
use uuid::Uuid;

use crate::{
    Error,
    admin::{
        ReadName, browser, guard_read,
        paging::{PageLinks, paging},
        read_id, service,
    },
};

/// Number of deliveries on a page.
const DELIVERIES: usize = 50;
/// The key under which the owner's browser keeps a secret between the act and the page.
const MADE: &str = "webhook";

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookLine {
    /// The subscription's id.
    pub id: Uuid,
    /// The address.
    pub url: String,
    /// The text for people.
    pub description: Option<String>,
    /// The state.
    pub state: SubscriptionState,
    /// The reason for the state.
    pub state_reason: Option<String>,
    /// The patterns of the types that it receives.
    pub event_types: Vec<String>,
    /// The names of the products that it is limited to, with their ids; empty for all.
    pub products: Vec<(Uuid, String)>,
    /// The kinds of objects that it is limited to; empty for all.
    pub kinds: Vec<String>,
    /// The attributes of messages that it is limited to, with their values.
    pub attributes: BTreeMap<String, String>,
    /// The creator's name.
    pub created_by: String,
    /// The time of creation.
    pub created_at: DateTime<Utc>,
    /// The time of the last accepted message.
    pub last_success_at: Option<DateTime<Utc>>,
    /// The time since when every attempt has failed.
    pub failing_since: Option<DateTime<Utc>>,
    /// The time until which the previous secret signs, too.
    pub former_until: Option<DateTime<Utc>>,
    /// Number of the last change.
    pub revision: i64,
}

/// Every subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhooks {
    /// The subscriptions, newest first.
    pub lines: Vec<WebhookLine>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// The choices of the form of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookChoices {
    /// The subscription that is edited; `None` for a new one.
    pub edited: Option<WebhookLine>,
    /// Id and name of every product.
    pub products: Vec<(String, String)>,
}

/// A delivery in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryLine {
    /// The delivery's id.
    pub id: Uuid,
    /// The type of the message.
    pub event_type: String,
    /// `true` if someone sent it as a test.
    pub is_test: bool,
    /// The state.
    pub state: DeliveryState,
    /// Number of attempts.
    pub attempts: u64,
    /// The time of the next attempt.
    pub due_at: Option<DateTime<Utc>>,
    /// The time of creation.
    pub created_at: DateTime<Utc>,
}

/// A subscription with its deliveries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookDetail {
    /// The subscription.
    pub line: WebhookLine,
    /// The deliveries, newest first.
    pub deliveries: Vec<DeliveryLine>,
    /// The state that the list is limited to.
    pub only: Option<DeliveryState>,
    /// The keys of the previous and the next page.
    pub page_links: PageLinks,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A delivery with its message and its attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryDetail {
    /// The delivery.
    pub line: DeliveryLine,
    /// The subscription's id and address.
    pub subscription: (Uuid, String),
    /// The state of the subscription.
    pub subscription_state: SubscriptionState,
    /// The message's id.
    pub message_id: Uuid,
    /// The body.
    pub body: String,
    /// The attempts, oldest first.
    pub attempts: Vec<AttemptLine>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// An attempt at a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptLine {
    /// Its number.
    pub n: i64,
    /// The time at which it began.
    pub at: DateTime<Utc>,
    /// Its duration in milliseconds.
    pub milliseconds: u64,
    /// The status of the response.
    pub status: Option<i64>,
    /// The reason for having no response, or for not accepting it.
    pub error: Option<String>,
    /// The beginning of the response's body.
    pub response: Option<String>,
}

pub const LIST_WEBHOOKS: ReadName = ReadName("webhooks");

/// Every subscription.
pub async fn list_webhooks() -> Result<Webhooks, Error> {
    guard_read(LIST_WEBHOOKS)?;
    let service = service()?;
    let mut reading = service.store().read().await?;
    let products = reading.on().product_names().await?.into_iter().collect::<Vec<_>>();
    let rows = reading.on().subscriptions().await?;
    let lines = rows.into_iter().map(|row| line(row, &products)).collect();
    Ok(Webhooks { lines, now: service.clock().now() })
}

pub const WEBHOOK: ReadName = ReadName("webhooks/detail");

/// The data of a subscription's page. `state` limits its deliveries.
pub async fn webhook(id: String, state: String, before: String, after: String) -> Result<WebhookDetail, Error> {
    use service::store::webhooks::DeliveryFilter;

    guard_read(WEBHOOK)?;
    let (service, id) = (service()?, read_id(&id)?);
    let only = DeliveryState::from_name(&state);
    let mut reading = service.store().read().await?;
    let products = reading.on().product_names().await?.into_iter().collect::<Vec<_>>();
    let row = reading.on().subscription(id).await?.ok_or(Error::NotFound)?;
    let filter = DeliveryFilter { state: only, ..DeliveryFilter::default() };
    let page = reading.on().deliveries(id, filter, paging(&before, &after), DELIVERIES).await?;
    let page_links = PageLinks::of(&page);
    let deliveries = page.rows.into_iter().map(|row| delivery_line(&row)).collect();
    Ok(WebhookDetail { line: line(row, &products), deliveries, only, page_links, now: service.clock().now() })
}

pub const WEBHOOK_FORM: ReadName = ReadName("webhooks/form");

/// The choices of the form of a subscription: an existing one, or a new one if `id` is empty.
pub async fn webhook_form(id: String) -> Result<WebhookChoices, Error> {
    guard_read(WEBHOOK_FORM)?;
    let service = service()?;
    let mut reading = service.store().read().await?;
    let products = reading.on().product_names().await?.into_iter().collect::<Vec<_>>();
    let edited = match id.as_str() {
        "" => None,
        id => Some(line(reading.on().subscription(read_id(id)?).await?.ok_or(Error::NotFound)?, &products)),
    };
    Ok(WebhookChoices { edited, products: products.into_iter().map(|(id, name)| (id.to_string(), name)).collect() })
}

pub const DELIVERY: ReadName = ReadName("webhooks/delivery");

/// The data of a delivery's page.
pub async fn delivery(webhook: String, id: String) -> Result<DeliveryDetail, Error> {
    guard_read(DELIVERY)?;
    let (service, webhook, id) = (service()?, read_id(&webhook)?, read_id(&id)?);
    let mut reading = service.store().read().await?;
    let subscription = reading.on().subscription(webhook).await?.ok_or(Error::NotFound)?;
    let row = reading.on().delivery(id).await?.filter(|row| row.subscription_id == webhook).ok_or(Error::NotFound)?;
    let attempts = reading.on().attempts(id).await?.into_iter().map(|it| AttemptLine {
        n: it.n,
        at: it.at,
        milliseconds: u64::try_from(it.milliseconds).unwrap_or_default(),
        status: it.status,
        error: it.error,
        response: it.response,
    });
    Ok(DeliveryDetail {
        line: delivery_line(&row),
        subscription: (subscription.id, subscription.url),
        subscription_state: subscription.state,
        message_id: row.message_id,
        body: pretty(&row.body),
        attempts: attempts.collect(),
        now: service.clock().now(),
    })
}

pub const TAKE_WEBHOOK_SECRET: ReadName = ReadName("webhooks/secret");

/// Removes and returns the secret that this browser keeps; `None` afterwards.
pub async fn take_webhook_secret() -> Result<Option<String>, Error> {
    guard_read(TAKE_WEBHOOK_SECRET)?;
    browser()?.take(MADE).await
}

/// The groups of types, each with its types.
pub fn groups() -> Vec<(&'static str, Vec<&'static licensing::webhook::EventType>)> {
    let mut groups: Vec<(&str, Vec<_>)> = vec![];
    for of in CATALOG {
        match groups.iter_mut().find(|(group, _)| *group == of.group()) {
            Some((_, types)) => types.push(of),
            None => groups.push((of.group(), vec![of])),
        }
    }
    groups
}

fn line(row: service::store::webhooks::Subscription, products: &[(Uuid, String)]) -> WebhookLine {
    let named = |id: Uuid| {
        let name = products.iter().find(|(it, _)| *it == id).map(|(_, name)| name.clone());
        (id, name.unwrap_or_else(|| id.to_string()))
    };
    WebhookLine {
        id: row.id,
        url: row.url,
        description: row.description,
        state: row.state,
        state_reason: row.state_reason,
        event_types: row.event_types,
        products: row.products.into_iter().map(named).collect(),
        kinds: row.kinds,
        attributes: row.attributes,
        created_by: row.created_by,
        created_at: row.created_at,
        last_success_at: row.last_success_at,
        failing_since: row.failing_since,
        former_until: row.former_until,
        revision: row.revision,
    }
}

fn is_test(body: &str) -> bool {
    let message: Option<serde_json::Value> = serde_json::from_str(body).ok();
    message.is_some_and(|message| message.get("testmode").is_some_and(|it| *it == serde_json::Value::Bool(true)))
}

fn delivery_line(row: &service::store::webhooks::Delivery) -> DeliveryLine {
    DeliveryLine {
        id: row.id,
        event_type: row.event_type.clone(),
        is_test: is_test(&row.body),
        state: row.state,
        attempts: u64::try_from(row.attempts).unwrap_or_default(),
        due_at: row.due_at,
        created_at: row.created_at,
    }
}

/// JSON with line breaks.
fn pretty(body: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(body);
    value.map_or_else(|_| body.to_owned(), |value| format!("{value:#}"))
}
