//! Decisions on the requests of devices.

#![allow(clippy::too_many_arguments, reason = "the arguments are the keys of the query")]

pub mod detail;
pub(in crate::admin) mod find;
pub mod solution;
pub mod try_out;

pub(in crate::admin) use find::hours_before;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use service::store::decisions::{DecisionFilter, Outcome};
use uuid::Uuid;

use super::{paging::PageLinks, search::Search};
use crate::{
    Error,
    admin::ReadName,
    http::context::{Visitor, visitor},
};

/// A page of the list of decisions, newest first; or its refusals in groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decisions {
    /// The decisions on this page.
    pub lines: Vec<DecisionLine>,
    /// The groups, if the list is grouped.
    pub groups: Vec<GroupLine>,
    /// The keys of the previous and the next page.
    pub page_links: PageLinks,
    /// The id and the name of every product, for the filter.
    pub products: Vec<(String, String)>,
    /// The license that the list is limited to: id and name.
    pub license: Option<(Uuid, String)>,
    /// The state that the page shows, for following its changes; `None` on a later page.
    pub seen: Option<service::PageVersion>,
    /// `true` if the list is filtered.
    pub narrowed: bool,
    /// `true` if an export would have what is shown: no groups, and nothing that was found by an id.
    pub exportable: bool,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A decision in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionLine {
    /// The decision's id.
    pub id: Uuid,
    /// The time.
    pub at: DateTime<Utc>,
    /// The request's purpose: `activate`, `renew`, …
    pub purpose: String,
    /// The code of the refusal; `None` for a grant.
    pub refusal: Option<String>,
    /// The rule that decided.
    pub rule: String,
    /// The license's id and name, if known.
    pub license: Option<(Uuid, String)>,
    /// The product's name.
    pub product: Option<String>,
    /// The device's own name.
    pub device: Option<String>,
    /// The last characters of the code that was sent.
    pub code_tail: Option<String>,
    /// The e-mail address that was sent, masked.
    pub email: Option<String>,
    /// The client's IP address.
    pub address: Option<String>,
}

/// Refusals with one code on one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLine {
    /// The refusals' code.
    pub refusal: String,
    /// The product's id and name; `None` for codes that no license has.
    pub product: Option<(Uuid, String)>,
    /// Number of refusals.
    pub refusals: u64,
    /// Number of licenses.
    pub licenses: u64,
    /// Names of the licenses that were refused last; at most two.
    pub names: Vec<String>,
    /// The time of the last refusal.
    pub last_at: DateTime<Utc>,
}

/// Maximum number of refusals that are grouped, newest first.
pub const MOST_GROUPED: u64 = 2_500;
const _: () = assert!(MOST_GROUPED == service::store::decisions::MOST_GROUPED.unsigned_abs());

/// Maximum number of licenses that a group names.
const MOST_NAMED: usize = 2;
/// Number of licenses whose names are read for all groups.
const NAMES_READ: i64 = 100;

/// Number of decisions per page.
const IN_SIGHT: usize = 50;

pub const LIST_DECISIONS: ReadName = ReadName("decisions");

/// A page of the list; if `view` is `grouped`, the refusals in groups. A decision's id, or a problem document's `instance`,
/// finds that decision.
pub async fn list_decisions(search: FindDecisions, before: String, after: String) -> Result<Decisions, Error> {
    super::guard_read(LIST_DECISIONS)?;
    let service = super::service()?;
    let now = service.clock().now();
    let filter = search.filter(&visitor(), now);
    let FindDecisions { q, outcome, why, product, license, device, hours, view } = &search;
    let narrowed = [q, outcome, why, product, license, device, hours].iter().any(|text| !text.is_empty());
    let is_first = before.is_empty() && after.is_empty();
    let seen = match is_first {
        true => Some(service.live().seen(service::Topic::Decisions).await?),
        false => None,
    };
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let products = on.product_names().await?;
    let (mut groups, mut page) = (Vec::new(), service::store::Page::default());
    let ids = find::ids(q);
    if view == "grouped" {
        groups = refusal_groups(&mut on, &filter, 100, &products).await?;
    } else if ids.is_empty() {
        page = on.decisions(&filter, super::paging::paging(&before, &after), IN_SIGHT).await?;
    } else {
        page.rows = find::by_ids(&mut on, &ids).await?;
    }
    let license = match filter.license_id {
        Some(id) => on.license(id, now).await?.map(|row| (id, super::licenses::name_of(&row.license))),
        None => None,
    };
    Ok(Decisions {
        page_links: PageLinks::of(&page),
        lines: page.rows.into_iter().map(DecisionLine::from).collect(),
        groups,
        products: products.iter().map(|(id, name)| (id.to_string(), name.clone())).collect(),
        license,
        seen,
        narrowed,
        exportable: view != "grouped" && ids.is_empty(),
        now,
    })
}

/// Searches for typed or pasted text. A code limits the list to its license, or to the code's last characters if no
/// license has it. Of a problem document, only the ids are used.
#[server(endpoint = "decisions/find")]
pub async fn find_decisions(
    #[server(default)] q: String,
    #[server(default)] outcome: String,
    #[server(default)] why: String,
    #[server(default)] product: String,
    #[server(default)] license: String,
    #[server(default)] device: String,
    #[server(default)] hours: String,
    #[server(default)] view: String,
) -> Result<(), Error> {
    use super::search::{Sought, narrow, sought};

    super::guard::<FindDecisions>()?;
    let search = FindDecisions { q, outcome, why, product, license, device, hours, view };
    let (q, license) = match sought(&search).await? {
        Sought::License(id) => (String::new(), id.to_string()),
        Sought::UnknownCode(tail) => (tail, search.license.clone()),
        Sought::Text(text) => {
            let ids: Vec<_> = find::ids(&text).iter().map(Uuid::to_string).collect();
            (if ids.is_empty() { text } else { ids.join(" ") }, search.license.clone())
        }
    };
    let FindDecisions { outcome, why, product, device, hours, view, .. } = &search;
    let filters = [("q", q.as_str()), ("license", &license), ("product", product), ("device", device)];
    let [q, license, product, device] = filters;
    narrow(
        "/decisions",
        [q, ("outcome", outcome), ("why", why), product, license, device, ("hours", hours), ("view", view)],
    )
}

impl Search for FindDecisions {
    fn text(&self) -> &str {
        &self.q
    }
}

impl FindDecisions {
    /// The decisions that the search finds for this visitor: by the text `q`, the outcome (`granted`, `refused`), the refusal's
    /// code `why`, the ids of a product and a license, a device's fingerprint hash in hexadecimal, and the maximum age in hours.
    /// Values that cannot be read are ignored.
    pub fn filter(&self, visitor: &Visitor, now: DateTime<Utc>) -> DecisionFilter {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        DecisionFilter {
            outcome: match self.outcome.as_str() {
                "granted" => Some(Outcome::Granted),
                "refused" => Some(Outcome::Refused),
                _ => None,
            },
            code: given(&self.why),
            license_id: self.license.parse().ok(),
            product_id: self.product.parse().ok(),
            fingerprint_hash: find::hash(&self.device),
            text: given(&self.q),
            without_email: visitor.hides_emails,
            since: self.hours.parse().ok().map(|hours| find::hours_before(now, hours)),
            ..DecisionFilter::default()
        }
    }
}

/// Reads at most `most` groups of refusals, each with the names of the licenses that were refused last. `products` has
/// the names of all products.
pub(super) async fn refusal_groups(
    on: &mut service::store::Connection<'_>,
    filter: &DecisionFilter,
    most: i64,
    products: &[(Uuid, String)],
) -> Result<Vec<GroupLine>, Error> {
    let groups = on.refusal_groups(filter, most).await?;
    let refused = on.refused_licenses(filter, NAMES_READ).await?;
    let mut ids: Vec<_> = refused.iter().map(|it| it.license_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let known = on.license_names(&ids).await?;
    let name = |id: Uuid| {
        let (_, customer, email, tail) = known.iter().find(|(known, ..)| *known == id)?.clone();
        Some(super::licenses::name_from(customer, email, &tail))
    };
    let lines = groups.into_iter().map(|group| {
        let of_group = refused.iter().filter(|it| it.outcome == group.outcome && it.product_id == group.product_id);
        let names = of_group.filter_map(|it| name(it.license_id)).take(MOST_NAMED).collect();
        GroupLine::of(group, names, products)
    });
    Ok(lines.collect())
}

impl GroupLine {
    /// Converts a group; takes the product's name from `products`.
    fn of(group: service::store::decisions::RefusalGroup, names: Vec<String>, products: &[(Uuid, String)]) -> Self {
        Self {
            names,
            product: products.iter().find(|(known, _)| Some(*known) == group.product_id).cloned(),
            refusal: group.outcome,
            refusals: super::counted(group.refusals),
            licenses: super::counted(group.licenses),
            last_at: group.last_at,
        }
    }
}

impl From<service::store::decisions::DecisionRow> for DecisionLine {
    fn from(row: service::store::decisions::DecisionRow) -> Self {
        let (customer, product) = row.facts.map_or((None, None), |facts| (facts.customer, facts.product));
        let code = row.code_tail.as_ref().map(|tail| format!("License {tail}"));
        let name = customer.or(code).unwrap_or_else(|| "License".to_owned());
        Self {
            id: row.id,
            at: row.at,
            purpose: row.purpose,
            refusal: Some(row.outcome).filter(|outcome| outcome != service::store::decisions::GRANTED),
            rule: row.rule,
            license: row.license_id.map(|id| (id, name)),
            product,
            device: row.device_name,
            code_tail: row.code_tail,
            email: row.email,
            address: row.address,
        }
    }
}
