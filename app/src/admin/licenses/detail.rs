//! One license, with everything that belongs to it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::{
    Overrides, Terms,
    license::{Standing, State},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Error, admin::audit::EventLine};

/// A license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenseDetail {
    /// Its id: the token's `sub`.
    pub id: Uuid,
    /// What it is called: the customer, else the address, else the end of the code.
    pub name: String,
    /// Its product: id and name.
    pub product: (Uuid, String),
    /// Whether the product was withdrawn, so that nothing activates.
    pub withdrawn: bool,
    /// Its policy: id and name.
    pub policy: (Uuid, String),
    /// What people decided about it.
    pub state: State,
    /// Why, in their words.
    pub state_reason: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// The policy's terms.
    pub terms: Terms,
    /// What the license sets in their place.
    pub overrides: Overrides,
    /// Every feature of the product.
    pub features: Vec<FeatureLine>,
    /// The end of its code.
    pub code_tail: String,
    /// Whether the vendor brought the code along.
    pub imported: bool,
    /// The customer's name.
    pub customer: Option<String>,
    /// The customer's address.
    pub email: Option<String>,
    /// The vendor's own number for it.
    pub reference: Option<String>,
    /// Notes for colleagues.
    pub notes: Option<String>,
    /// The metadata as indented JSON; empty where there is none.
    pub metadata: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
    /// When it ends, once that is known.
    pub ends_at: Option<DateTime<Utc>>,
    /// Seats in use now.
    pub used: u64,
    /// Its devices: those that hold a seat, then those that held one.
    pub devices: Vec<DeviceLine>,
    /// What happened to it, youngest first.
    pub events: Vec<EventLine>,
    /// Whether more happened than is shown.
    pub more_events: bool,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// The value of a feature under a license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureLine {
    /// The feature's name in the token.
    pub code: String,
    /// Its value.
    pub value: String,
    /// The product's own value, where the license sets another.
    pub default: Option<String>,
}

/// A device of a license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceLine {
    /// Its id: the API's `sessionId`.
    pub id: Uuid,
    /// Its name, where the software sent one.
    pub name: Option<String>,
    /// Its platform, where the software sent one.
    pub platform: Option<String>,
    /// What it says of itself.
    pub fingerprint: String,
    /// The software's version, where it sent one.
    pub version: Option<String>,
    /// Where it last asked from.
    pub address: Option<String>,
    /// When it last asked.
    pub last_seen_at: DateTime<Utc>,
    /// Until when it is confirmed.
    pub lease_ends_at: DateTime<Utc>,
    /// Until when it may run without asking.
    pub token_expires_at: DateTime<Utc>,
    /// Until when it counts against the limit.
    pub hold_until: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl DeviceLine {
    /// What it is called, where the software sent no name too.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or("unnamed device")
    }

    /// Whether it counts against the limit at `now`.
    pub fn holds_seat(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.hold_until > now
    }
}

/// The most devices that the page of a license shows.
pub const MOST_DEVICES: usize = 200;
/// How many events the page of a license shows.
#[cfg(feature = "ssr")]
const EVENTS: usize = 12;

/// What the page of a license shows.
#[server(endpoint = "licenses/detail")]
pub async fn license(#[server(default)] id: String) -> Result<LicenseDetail, Error> {
    use service::store::{events::EventFilter, page::Paging};

    crate::admin::guard::<License>()?;
    let id = crate::admin::read_id(&id)?;
    let service = crate::admin::service()?;
    let now = service.clock().now();
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let row = on.license(id, now).await?.ok_or(Error::NotFound)?;
    let product = on.product(row.license.product_id).await?.ok_or(Error::NotFound)?;
    let most = i64::try_from(MOST_DEVICES).unwrap_or(i64::MAX);
    let devices = on.activations(id, most).await?.into_iter().map(DeviceLine::from).collect();
    let of_license = EventFilter { license_id: Some(id), ..EventFilter::default() };
    let events = on.events(&of_license, Paging::First, EVENTS).await?;
    Ok(LicenseDetail {
        devices,
        more_events: events.next.is_some(),
        events: events.rows.into_iter().map(EventLine::from).collect(),
        ..LicenseDetail::of(row, &product, now)
    })
}

#[cfg(feature = "ssr")]
impl LicenseDetail {
    /// Everything but the devices and events.
    fn of(
        row: service::store::licenses::LicenseRow,
        product: &service::store::products::Product,
        now: DateTime<Utc>,
    ) -> Self {
        use licensing::{license, product::Lifecycle};

        let name = super::name_of(&row.license);
        let own = row.license;
        let validity = row.policy_terms.with(&own.overrides).validity;
        let ends_at = license::ends_at(validity, own.issued_at, own.first_activated_at);
        Self {
            id: own.id,
            name,
            product: (own.product_id, row.product_name),
            withdrawn: product.lifecycle == Lifecycle::Withdrawn,
            policy: (own.policy_id, row.policy_name),
            state: own.state,
            state_reason: own.state_reason,
            standing: license::standing(own.state, ends_at, own.first_activated_at, now),
            features: feature_lines(&product.features, &row.policy_terms.features, &own.features),
            terms: row.policy_terms,
            overrides: own.overrides,
            code_tail: own.code_tail,
            imported: own.code_imported,
            customer: own.customer,
            email: own.email,
            reference: own.reference,
            notes: own.notes,
            metadata: super::printed(&own.metadata),
            issued_at: own.issued_at,
            first_activated_at: own.first_activated_at,
            ends_at,
            used: u64::try_from(row.seats_used).unwrap_or_default(),
            devices: Vec::new(),
            events: Vec::new(),
            more_events: false,
            now,
        }
    }
}

#[cfg(feature = "ssr")]
fn feature_lines(
    features: &[licensing::feature::Feature],
    policy: &licensing::feature::FeatureValues,
    own: &licensing::feature::FeatureValues,
) -> Vec<FeatureLine> {
    let line = |(feature, value): (&licensing::feature::Feature, String)| FeatureLine {
        code: feature.code.clone(),
        default: Some(feature.default.to_string()).filter(|default| *default != value),
        value,
    };
    let mut values = licensing::feature::resolve(features, &[policy, own]);
    features.iter().filter_map(|f| Some((f, values.remove(&f.code)?.to_string()))).map(line).collect()
}

#[cfg(feature = "ssr")]
impl From<service::store::activations::Activation> for DeviceLine {
    fn from(row: service::store::activations::Activation) -> Self {
        Self {
            id: row.id,
            name: row.device_name,
            platform: row.platform,
            fingerprint: row.fingerprint,
            version: row.software_version,
            address: row.address,
            last_seen_at: row.last_seen_at,
            lease_ends_at: row.lease_ends_at,
            token_expires_at: row.token_expires_at,
            hold_until: row.hold_until,
            revoked_at: row.revoked_at,
        }
    }
}
