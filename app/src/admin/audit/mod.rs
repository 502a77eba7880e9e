//! The audit log: who did what, when, from which address, and why.

mod change;
mod fold;
mod line;

pub use change::Change;
pub(crate) use change::changes;
pub(in crate::admin) use fold::folded;
pub use line::EventLine;

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use service::store::events::{EventActors, EventFilter};
use uuid::Uuid;

use super::{paging::PageLinks, search::Search};
use crate::{
    Error,
    admin::ReadName,
    http::context::{Visitor, visitor},
};

/// A page of the audit log, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events {
    /// The events on this page.
    pub lines: Vec<EventLine>,
    /// The keys of the previous and the next page.
    pub page_links: PageLinks,
    /// The license that the log is limited to: id and name.
    pub license: Option<(Uuid, String)>,
    /// The id and the name of every account, for the filter.
    pub accounts: Vec<(String, String)>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// Number of events per page.
const IN_SIGHT: usize = 50;

pub const LIST_EVENTS: ReadName = ReadName("audit");

/// The actors of `by` in addresses that are no account.
const DEVICES: &str = "devices";
const OTHERS: &str = "others";

/// A page of the audit log.
pub async fn list_events(search: FindEvents, before: String, after: String) -> Result<Events, Error> {
    super::guard_read(LIST_EVENTS)?;
    let service = super::service()?;
    let now = service.clock().now();
    let filter = search.filter(&visitor(), now);
    let license_id = filter.license_id;
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let page = on.events(&filter, super::paging::paging(&before, &after), IN_SIGHT).await?;
    let license = match license_id {
        Some(id) => on.license(id, now).await?.map(|row| (id, super::licenses::name_of(&row.license))),
        None => None,
    };
    let accounts = on.accounts(now).await?.into_iter().map(|row| row.account);
    let groups = [(OTHERS, "Everyone but devices"), (DEVICES, "Devices")];
    let groups = groups.map(|(value, label)| (value.to_owned(), label.to_owned()));
    let accounts = groups.into_iter().chain(accounts.map(|account| (account.id.to_string(), account.name))).collect();
    let page_links = PageLinks::of(&page);
    let mut lines = folded(page.rows.into_iter().map(EventLine::from), |line| Some(line));
    // On the log of one license, every line is about it.
    if license_id.is_none() {
        let mut ids: Vec<_> = lines.iter().filter_map(|line| line.license_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let names = on.license_names(&ids).await?;
        for line in &mut lines {
            let found = names.iter().find(|(id, ..)| Some(*id) == line.license_id).cloned();
            line.license = found.map(|(_, customer, email, tail)| super::licenses::name_from(customer, email, &tail));
        }
    }
    Ok(Events { page_links, lines, license, accounts, now })
}

/// Searches for typed or pasted text. A code limits the log to its license.
#[server(endpoint = "audit/find")]
pub async fn find_events(
    #[server(default)] q: String,
    #[server(default)] kind: String,
    #[server(default)] by: String,
    #[server(default)] hours: String,
    #[server(default)] license: String,
) -> Result<(), Error> {
    use super::search::{Sought, narrow, sought};

    super::guard::<FindEvents>()?;
    let search = FindEvents { q, kind, by, hours, license };
    let FindEvents { kind, by, hours, license, .. } = &search;
    let (kind, by, hours) = (("kind", kind.as_str()), ("by", by.as_str()), ("hours", hours.as_str()));
    match sought(&search).await? {
        Sought::License(id) => narrow("/audit", [kind, by, hours, ("license", &id.to_string())]),
        Sought::UnknownCode(_) => Err(Error::Refused(
            "No license has this code: check it for typing errors. Requests with this code are listed under Decisions."
                .to_owned(),
        )),
        Sought::Text(q) => narrow("/audit", [("q", &q), kind, by, hours, ("license", license)]),
    }
}

impl Search for FindEvents {
    fn text(&self) -> &str {
        &self.q
    }
}

impl FindEvents {
    /// The events that the search finds for this visitor: those whose kind starts with `kind`, whose actor or subject matches
    /// `q` or whose request came from that IP address, by the account with the id `by` or by a group of actors, of the last
    /// `hours` hours, and that concern the license with that id. Values that cannot be read are ignored.
    pub fn filter(&self, visitor: &Visitor, now: DateTime<Utc>) -> EventFilter {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let address = self.q.trim().parse::<IpAddr>().ok();
        EventFilter {
            license_id: self.license.parse().ok(),
            by: match self.by.as_str() {
                DEVICES => Some(EventActors::Devices),
                OTHERS => Some(EventActors::Others),
                id => id.parse().ok().map(EventActors::Id),
            },
            since: self.hours.parse().ok().map(|hours| super::decisions::hours_before(now, hours)),
            kind: given(&self.kind),
            address: address.map(|address| address.to_string()),
            text: given(&self.q).filter(|_| address.is_none()),
            without_email: visitor.hides_emails,
            ..Default::default()
        }
    }
}
