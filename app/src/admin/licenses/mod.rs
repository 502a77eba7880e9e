//! Licenses: the lines of lists, and names.

pub mod activity;
pub mod acts;
pub mod code;
pub mod columns;
pub mod detail;
pub mod extend;
pub mod form;
pub mod list;
pub mod many;
pub mod notes;
pub mod tab;
pub mod views;

use chrono::{DateTime, Utc};
use licensing::{license::LicenseStatus, terms::Validity};
use uuid::Uuid;

/// A license in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseLine {
    /// The license's id.
    pub id: Uuid,
    /// The license's name: the customer, else the e-mail address, else the end of the code.
    pub name: String,
    /// The customer's e-mail address, unless it is the name.
    pub email: Option<String>,
    /// The vendor's own reference.
    pub reference: Option<String>,
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
    /// The time of creation.
    pub issued_at: DateTime<Utc>,
    /// The end, once it is known.
    pub ends_at: Option<DateTime<Utc>>,
    /// The time of the last request of one of its devices.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// The last characters of the code.
    pub code_tail: String,
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
            reference: own.reference.clone(),
            issued_at: own.issued_at,
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
