//! The list of licenses, and searching it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use service::{LicenseQuery, LicenseView};
use uuid::Uuid;

use super::LicenseLine;
use crate::{
    Error, FieldError,
    admin::{ReadName, paging::PageLinks, search::Search},
    http::address,
};

/// A page of the list of licenses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licenses {
    /// The licenses on this page.
    pub lines: Vec<LicenseLine>,
    /// The keys of the previous and the next page.
    pub page_links: PageLinks,
    /// `true` if there is any license, on this page or not.
    pub any: bool,
    /// The id and the name of every product, for the filter.
    pub products: Vec<(String, String)>,
    /// The id and the name of every policy, for the filter.
    pub policies: Vec<(String, String)>,
    /// The tags in use, for the filter.
    pub tags: Vec<String>,
    /// The parts of the filter that could not be read and were not applied.
    pub unreadable: Vec<FieldError>,
    /// The views that the signed-in account has saved.
    pub views: Vec<ViewTab>,
    /// The numbers of licenses that the tabs show.
    pub counts: TabCounts,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// Numbers of licenses, each if it is cheap to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TabCounts {
    /// All licenses.
    pub all: Option<u64>,
    /// Those that end soon, up to [`MOST_COUNTED`].
    pub ending: Option<u64>,
    /// Those that no device has activated, up to [`MOST_COUNTED`].
    pub not_started: Option<u64>,
}

/// Number of licenses per page.
const IN_SIGHT: usize = 50;
/// Number up to which the licenses of a tab are counted.
pub const MOST_COUNTED: u64 = 1_000;
/// Maximum number of reads for a page: each looks through 2,000 licenses if no index supports the filter.
const MOST_READS: usize = 5;
/// Number of tags that the filter offers.
const OFFERED_TAGS: i64 = 50;

pub const LIST_LICENSES: ReadName = ReadName("licenses");

/// A page of the list of licenses that match the query. Parts of it that cannot be read are reported and not applied.
pub async fn list_licenses(query: LicenseQuery, before: String, after: String) -> Result<Licenses, Error> {
    use service::store::licenses::LicenseFilter;

    crate::admin::guard_read(LIST_LICENSES)?;
    let service = crate::admin::service()?;
    let now = service.clock().now();
    let (filter, unreadable) = service.licenses().read_filter(&query).await?;
    let filter = LicenseFilter { without_email: crate::http::context::visitor().hides_emails, ..filter };
    let all = service.counter().counts().await?.map(|counts| counts.licenses);
    let views = match crate::http::context::visitor().account {
        Some(account) => service.licenses().views(account.id).await?,
        None => Vec::new(),
    };
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let mut page = on.licenses(&filter, crate::admin::paging::paging(&before, &after), IN_SIGHT, now).await?;
    for _ in 1..MOST_READS {
        // Only forwards: a page that is read backwards begins where the next one was.
        let Some(place) = page.next.filter(|_| page.rows.is_empty() && page.partial && before.is_empty()) else {
            break;
        };
        page = on.licenses(&filter, store::Paging::After(place), IN_SIGHT, now).await?;
    }
    let any = !page.rows.is_empty() || on.has_licenses().await?;
    let products = on.product_names().await?.into_iter().map(|(id, name)| (id.to_string(), name));
    let policies = on.policy_names(filter.product_id).await?.into_iter();
    let policies = policies.map(|(id, product, name)| (id.to_string(), format!("{product} · {name}")));
    let of = |status: &str, never_activated: &str| {
        let (status, never_activated) = (status.to_owned(), never_activated.to_owned());
        LicenseQuery { status, never_activated, ..LicenseQuery::default() }.read(now).0
    };
    let counted = |n: Option<i64>| n.and_then(|n| u64::try_from(n).ok());
    let most = i64::try_from(MOST_COUNTED).unwrap_or(i64::MAX);
    let counts = TabCounts {
        all,
        ending: counted(on.count_licenses(&of("ending", ""), most, now).await?),
        not_started: counted(on.count_licenses(&of("", "true"), most, now).await?),
    };
    if before.is_empty() && after.is_empty() {
        page.previous = None;
    }
    Ok(Licenses {
        page_links: PageLinks::of(&page),
        lines: page.rows.into_iter().map(|row| LicenseLine::of(row, now)).collect(),
        any,
        products: products.collect(),
        policies: policies.collect(),
        views: views.into_iter().map(ViewTab::from).collect(),
        unreadable: unreadable.0,
        tags: on.tags_in_use(OFFERED_TAGS).await?,
        counts,
        now,
    })
}

/// Searches for typed or pasted text. If it is a license's code, that license is opened, so that no code is ever part
/// of an address; any other text filters the list.
#[server(endpoint = "licenses/find")]
pub async fn find_license(#[server(flatten)] query: LicenseQuery) -> Result<(), Error> {
    use crate::admin::search::{Sought, narrow, sought};

    crate::admin::guard::<FindLicense>()?;
    let search = FindLicense { query };
    match sought(&search).await? {
        Sought::License(id) => crate::http::address::go(&format!("/licenses/{id}")),
        Sought::UnknownCode(_) => {
            return Err(Error::Refused(
                "No license has this code: check it for typing errors, or search for the customer instead.".to_owned(),
            ));
        }
        Sought::Text(q) => {
            let query = LicenseQuery { q, ..search.query };
            narrow("/licenses", parts(&query))?;
        }
    }
    Ok(())
}

impl Search for FindLicense {
    fn text(&self) -> &str {
        &self.query.q
    }
}

/// The keys of a query in the address.
pub const KEYS: [&str; 16] = [
    "q",
    "product",
    "policy",
    "state",
    "status",
    "tag",
    "seats",
    "ends",
    "ends_after",
    "ends_before",
    "seen_after",
    "seen_before",
    "never_activated",
    "batch",
    "ids",
    "sort",
];

/// Returns the query with these values of [`KEYS`].
pub fn query_of(values: [String; 16]) -> LicenseQuery {
    let [
        q,
        product,
        policy,
        state,
        status,
        tag,
        seats,
        ends,
        after,
        before,
        seen_after,
        seen_before,
        never,
        batch,
        ids,
        sort,
    ] = values;
    LicenseQuery {
        q,
        product,
        policy,
        state,
        status,
        tag,
        seats,
        ends,
        ends_after: after,
        ends_before: before,
        seen_after,
        seen_before,
        never_activated: never,
        batch,
        ids,
        sort,
        ..LicenseQuery::default()
    }
}

/// The parts of a query with their keys.
pub fn parts(query: &LicenseQuery) -> [(&'static str, &str); 16] {
    let q = query;
    [
        ("q", &q.q),
        ("product", &q.product),
        ("policy", &q.policy),
        ("state", &q.state),
        ("status", &q.status),
        ("tag", &q.tag),
        ("seats", &q.seats),
        ("ends", &q.ends),
        ("ends_after", &q.ends_after),
        ("ends_before", &q.ends_before),
        ("seen_after", &q.seen_after),
        ("seen_before", &q.seen_before),
        ("never_activated", &q.never_activated),
        ("batch", &q.batch),
        ("ids", &q.ids),
        ("sort", &q.sort),
    ]
}

/// A view in the tabs above the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewTab {
    /// The view's id.
    pub id: Uuid,
    /// The view's name.
    pub name: String,
    /// The query of its address: `""` or `?…`.
    pub search: String,
}

impl From<LicenseView> for ViewTab {
    fn from(view: LicenseView) -> Self {
        Self { id: view.id, search: search_of(&view.query), name: view.name }
    }
}

/// The query of the address with these filters: `""` or `?…`.
pub fn search_of(query: &LicenseQuery) -> String {
    let filled = parts(query).into_iter().filter(|(_, value)| !value.is_empty());
    filled.fold(String::new(), |search, (key, value)| address::query_with(&search, key, Some(value)))
}
