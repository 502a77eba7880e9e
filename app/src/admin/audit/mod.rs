//! The audit log: who did what to what, from where, and why.

mod change;
pub(crate) use change::changes;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{paging::Turns, search::Search};
use crate::{Error, admin::ReadName};

/// A part of the audit log, youngest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events {
    /// The events in sight.
    pub lines: Vec<EventLine>,
    /// Where the other parts begin.
    pub turns: Turns,
    /// The license that the log is narrowed to: id and name.
    pub license: Option<(Uuid, String)>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLine {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: the name at the time.
    pub actor: String,
    /// What was done, such as `license.suspended`.
    pub act: String,
    /// What it was done to: the name at the time.
    pub subject: String,
    /// The page of what it was done to, where there is one.
    pub link: Option<String>,
    /// What changed.
    pub changes: Vec<Change>,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// From which network address.
    pub address: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
}

/// A value that an act changed, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it is called.
    pub name: String,
    /// What it was.
    pub before: Option<String>,
    /// What it became.
    pub after: Option<String>,
}

/// How many events are in sight at a time.
const IN_SIGHT: usize = 50;

pub const LIST_EVENTS: ReadName = ReadName("audit");

/// A part of the audit log: acts that begin with `act`, where who or what is called something like `q`, about the license
/// of that id.
pub async fn list_events(
    q: String,
    act: String,
    license: String,
    before: String,
    after: String,
) -> Result<Events, Error> {
    super::guard_read(LIST_EVENTS)?;
    let service = super::service()?;
    let now = service.clock().now();
    let given = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let license_id = license.parse().ok();
    let filter = service::store::events::EventFilter {
        license_id,
        act: given(act),
        text: given(q),
        without_email: crate::context::visitor().hides_emails,
        ..Default::default()
    };
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let page = on.events(&filter, super::paging::paging(&before, &after), IN_SIGHT).await?;
    let license = match license_id {
        Some(id) => on.license(id, now).await?.map(|row| (id, super::licenses::name_of(&row.license))),
        None => None,
    };
    Ok(Events { turns: Turns::of(&page), lines: page.rows.into_iter().map(EventLine::from).collect(), license, now })
}

/// Looks for what was typed or pasted. A code narrows the log to its license.
#[server(endpoint = "audit/find")]
pub async fn find_events(
    #[server(default)] q: String,
    #[server(default)] act: String,
    #[server(default)] license: String,
) -> Result<(), Error> {
    use super::search::{Sought, narrow, sought};

    super::guard::<FindEvents>()?;
    let search = FindEvents { q, act, license };
    let FindEvents { act, license, .. } = &search;
    match sought(&search).await? {
        Sought::License(id) => narrow("/audit", [("act", act), ("license", &id.to_string())]),
        Sought::UnknownCode(_) => Err(Error::Refused(
            "No license has this code: check it for slips. What devices asked with it is under Decisions.".to_owned(),
        )),
        Sought::Text(q) => narrow("/audit", [("q", &q), ("act", act), ("license", license)]),
    }
}

impl Search for FindEvents {
    fn text(&self) -> &str {
        &self.q
    }
}

impl From<service::store::events::Event> for EventLine {
    fn from(event: service::store::events::Event) -> Self {
        let page = match event.subject_kind.as_str() {
            "license" | "device" => event.license_id.map(|id| format!("/licenses/{id}")),
            "block" => Some("/devices/blocked".to_owned()),
            "product" => event.subject_id.map(|id| format!("/products/{id}")),
            "policy" => event.subject_id.map(|id| format!("/policies/{id}")),
            "account" => event.subject_id.map(|id| format!("/settings/accounts/{id}")),
            _ => None,
        };
        Self {
            id: event.id,
            at: event.at,
            // Whoever fails to sign in is not known; the account they tried is what it was done to.
            actor: if event.actor_kind == "anonymous" { "Somebody".to_owned() } else { event.actor_name },
            act: event.act,
            subject: event.subject_name,
            link: page,
            changes: change::changes(event.before.as_ref(), event.after.as_ref()),
            reason: event.reason,
            address: event.address,
            request_id: event.request_id,
        }
    }
}
