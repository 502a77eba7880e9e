//! A line of the audit log.

use chrono::{DateTime, Utc};
use licensing::SubjectKind;
use uuid::Uuid;

use super::change::{Change, changes};

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLine {
    /// The event's id.
    pub id: Uuid,
    /// The time.
    pub at: DateTime<Utc>,
    /// The actor's name at the time.
    pub actor: String,
    /// The kind of event, such as `license.suspended`.
    pub kind: String,
    /// The subject's name at the time.
    pub subject: String,
    /// The address of the subject's page, if it has one.
    pub link: Option<String>,
    /// The id of the license that the event concerns, unless the license is the subject.
    pub license_id: Option<Uuid>,
    /// The name of that license, in lists of events of many.
    pub license: Option<String>,
    /// The changed values.
    pub changes: Vec<Change>,
    /// The reason, in the actor's words.
    pub reason: Option<String>,
    /// The actor's IP address.
    pub address: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
    /// Number of events that this line stands for, of which it is the newest.
    pub count: u32,
    /// The time of the oldest of them.
    pub since: DateTime<Utc>,
    /// The other subjects of an act on many: the name and the address of each.
    pub others: Vec<(String, Option<String>)>,
}

impl From<service::store::events::Event> for EventLine {
    fn from(event: service::store::events::Event) -> Self {
        let page = match SubjectKind::from_name(&event.subject_kind) {
            Some(SubjectKind::License) => event.license_id.map(|id| format!("/licenses/{id}")),
            Some(SubjectKind::Device) => event.subject_id.map(|id| format!("/devices/{id}")),
            Some(SubjectKind::Block) => Some("/devices/blocked".to_owned()),
            Some(SubjectKind::Product) => event.subject_id.map(|id| format!("/products/{id}")),
            Some(SubjectKind::Policy) => event.subject_id.map(|id| format!("/policies/{id}")),
            Some(SubjectKind::Account) => event.subject_id.map(|id| format!("/settings/accounts/{id}")),
            Some(SubjectKind::Job) => event.subject_id.map(|id| format!("/jobs/{id}")),
            Some(SubjectKind::Webhook) => event.subject_id.map(|id| format!("/settings/webhooks/{id}")),
            _ => None,
        };
        let is_license = SubjectKind::from_name(&event.subject_kind) == Some(SubjectKind::License);
        Self {
            license_id: event.license_id.filter(|_| !is_license),
            license: None,
            id: event.id,
            at: event.at,
            // A failed sign-in has no known actor; the account that was tried is the subject.
            actor: match event.actor_kind.as_str() {
                "anonymous" => "Someone".to_owned(),
                "api_token" => format!("API token {}", event.actor_name),
                _ => event.actor_name,
            },
            kind: event.kind,
            subject: event.subject_name,
            link: page,
            changes: changes(event.before.as_ref(), event.after.as_ref()),
            reason: event.reason,
            address: event.address,
            request_id: event.request_id,
            count: 1,
            since: event.at,
            others: Vec::new(),
        }
    }
}
