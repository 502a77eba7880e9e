//! Licenses: the list, and searching it.

pub mod acts;
pub mod code;
pub mod detail;
pub mod form;
pub mod notes;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::{license::LicenseStatus, terms::Validity};
use uuid::Uuid;

use super::{paging::PageLinks, search::Search};
use crate::{Error, admin::ReadName};

/// A page of the list of licenses, newest first.
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
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A license in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseLine {
    /// The license's id.
    pub id: Uuid,
    /// The license's name: the customer, else the e-mail address, else the end of the code.
    pub name: String,
    /// The customer's e-mail address, unless it is the name.
    pub email: Option<String>,
    /// The product's name.
    pub product: String,
    /// The policy's name.
    pub policy: String,
    /// Seats in use now.
    pub used: u64,
    /// Number of seats allowed; `None` if unlimited.
    pub allowed: Option<u64>,
    /// The state.
    pub status: LicenseStatus,
    /// The period of validity.
    pub validity: Validity,
    /// The end, once it is known.
    pub ends_at: Option<DateTime<Utc>>,
    /// The time of the last request of one of its devices.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// The last characters of the code.
    pub code_tail: String,
}

/// Number of licenses per page.
const IN_SIGHT: usize = 50;

pub const LIST_LICENSES: ReadName = ReadName("licenses");

/// A page of the list: licenses that match `q`, filtered by the ids of a product and a policy and the name of a state.
/// Invalid filters are ignored.
pub async fn list_licenses(
    q: String,
    product: String,
    policy: String,
    state: String,
    before: String,
    after: String,
) -> Result<Licenses, Error> {
    use licensing::license::State;

    super::guard_read(LIST_LICENSES)?;
    let service = super::service()?;
    let now = service.clock().now();
    let filter = service::store::licenses::LicenseFilter {
        product_id: product.parse().ok(),
        policy_id: policy.parse().ok(),
        state: State::from_name(&state),
        without_email: crate::context::visitor().hides_emails,
        ..service.licenses().license_filter(&q).await?
    };
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let page = on.licenses(&filter, super::paging::paging(&before, &after), IN_SIGHT, now).await?;
    let any = !page.rows.is_empty() || on.has_licenses().await?;
    let products = on.product_names().await?.into_iter().map(|(id, name)| (id.to_string(), name));
    let policies = on.policy_names(filter.product_id).await?.into_iter();
    let policies = policies.map(|(id, product, name)| (id.to_string(), format!("{product} · {name}")));
    Ok(Licenses {
        page_links: PageLinks::of(&page),
        lines: page.rows.into_iter().map(|row| LicenseLine::of(row, now)).collect(),
        any,
        products: products.collect(),
        policies: policies.collect(),
        now,
    })
}

/// Searches for typed or pasted text. If it is a license's code, that license is opened, so that no code is ever part
/// of an address; any other text filters the list.
#[server(endpoint = "licenses/find")]
pub async fn find_license(
    #[server(default)] q: String,
    #[server(default)] product: String,
    #[server(default)] policy: String,
    #[server(default)] state: String,
) -> Result<(), Error> {
    use super::search::{Sought, narrow, sought};

    super::guard::<FindLicense>()?;
    let search = FindLicense { q, product, policy, state };
    match sought(&search).await? {
        Sought::License(id) => crate::address::go(&format!("/licenses/{id}")),
        Sought::UnknownCode(_) => {
            return Err(Error::Refused(
                "No license has this code: check it for typing errors, or search for the customer instead.".to_owned(),
            ));
        }
        Sought::Text(q) => {
            let FindLicense { product, policy, state, .. } = &search;
            narrow("/licenses", [("q", &q), ("product", product), ("policy", policy), ("state", state)])?;
        }
    }
    Ok(())
}

impl Search for FindLicense {
    fn text(&self) -> &str {
        &self.q
    }
}

/// A license's name: the customer, else the e-mail address, else the end of the code.
pub(crate) fn name_of(license: &service::store::licenses::License) -> String {
    name_from(license.customer.clone(), license.email.clone(), &license.code_tail)
}

/// The name that a license gets from its customer, its e-mail address and the end of its code.
pub(crate) fn name_from(customer: Option<String>, email: Option<String>, code_tail: &str) -> String {
    customer.or(email).unwrap_or_else(|| format!("License {code_tail}"))
}

/// Metadata as indented JSON; empty if there is none.
fn printed(metadata: &serde_json::Map<String, serde_json::Value>) -> String {
    match metadata.is_empty() {
        true => String::new(),
        false => serde_json::to_string_pretty(metadata).unwrap_or_default(),
    }
}

impl LicenseLine {
    pub(in crate::admin) fn of(row: service::store::licenses::LicenseRow, now: DateTime<Utc>) -> Self {
        use licensing::license;

        let (own, terms) = (&row.license, row.policy_terms.with(&row.license.overrides));
        let ends_at = license::ends_at(terms.validity, own.issued_at, own.first_activated_at);
        Self {
            id: own.id,
            name: name_of(own),
            email: own.email.clone().filter(|_| own.customer.is_some()),
            used: u64::try_from(row.seats_used).unwrap_or_default(),
            allowed: terms.seats.limit(),
            status: license::status(own.state, ends_at, own.first_activated_at, now),
            validity: terms.validity,
            ends_at,
            last_seen_at: row.last_seen_at,
            code_tail: own.code_tail.clone(),
            product: row.product_name,
            policy: row.policy_name,
        }
    }
}
