//! The list of all devices.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use licensing::activation::{DeviceFacts, SessionState};
use service::store::device_list::{DeviceFilter, ListedDevice};
use uuid::Uuid;

use crate::{
    Error,
    admin::{
        ReadName, guard, guard_read,
        licenses::name_from,
        paging::{PageLinks, paging},
        search::{Search, Sought, narrow, sought},
        service,
    },
};

/// A page of the list, those that activated last first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllDevices {
    /// The devices on this page.
    pub lines: Vec<ListedLine>,
    /// The keys of the previous and the next page.
    pub page_links: PageLinks,
    /// The id and the name of every product, for the filter.
    pub products: Vec<(String, String)>,
    /// `true` if the list is filtered.
    pub narrowed: bool,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A device in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLine {
    /// The device's id: the API's `sessionId`.
    pub id: Uuid,
    /// The device's name: support's, else the one that its software sent.
    pub name: Option<String>,
    /// The platform, if the software sent one.
    pub platform: Option<String>,
    /// The software's version, if it sent one.
    pub version: Option<String>,
    /// The license's id and name.
    pub license: (Uuid, String),
    /// The product's name.
    pub product: String,
    /// The activation's state.
    pub state: SessionState,
    /// The time of its last request.
    pub last_seen_at: DateTime<Utc>,
}

/// Number of devices per page.
const IN_SIGHT: usize = 50;

pub const LIST_DEVICES: ReadName = ReadName("devices/list");

/// A page of the list.
pub async fn list_devices(search: FindDevices, before: String, after: String) -> Result<AllDevices, Error> {
    guard_read(LIST_DEVICES)?;
    let service = service()?;
    let now = service.clock().now();
    let filter = search.filter(now);
    let FindDevices { q, product, seat, seen } = &search;
    let narrowed = [q, product, seat, seen].iter().any(|text| !text.is_empty());
    let mut reading = service.store().read().await?;
    let products = reading.on().product_names().await?;
    let page = reading.on().listed_devices(&filter, paging(&before, &after), IN_SIGHT).await?;
    Ok(AllDevices {
        page_links: PageLinks::of(&page),
        lines: page.rows.into_iter().map(|row| ListedLine::of(row, now)).collect(),
        products: products.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
        narrowed,
        now,
    })
}

/// Searches for typed or pasted text. A code opens the devices of its license.
#[server(endpoint = "devices/find")]
pub async fn find_devices(
    #[server(default)] q: String,
    #[server(default)] product: String,
    #[server(default)] seat: String,
    #[server(default)] seen: String,
) -> Result<(), Error> {
    guard::<FindDevices>()?;
    let search = FindDevices { q, product, seat, seen };
    let q = match sought(&search).await? {
        Sought::License(id) => {
            crate::http::address::go(&format!("/licenses/{id}#devices"));
            return Ok(());
        }
        Sought::UnknownCode(_) => {
            return Err(Error::Refused(
                "No license has this code: check it for typing errors, or search for the device’s name instead."
                    .to_owned(),
            ));
        }
        Sought::Text(text) => text,
    };
    let FindDevices { product, seat, seen, .. } = &search;
    narrow("/devices", [("q", q.as_str()), ("product", product), ("seat", seat), ("seen", seen)])
}

impl Search for FindDevices {
    fn text(&self) -> &str {
        &self.q
    }
}

impl FindDevices {
    /// The devices that the search finds: by the text `q`, the id of a product, whether they hold a seat (`held`, `free`),
    /// and when they were last seen (`7d`, `not-30d`, `not-90d`). Values that cannot be read are ignored.
    fn filter(&self, now: DateTime<Utc>) -> DeviceFilter {
        let before = |days| Some(now - TimeDelta::days(days));
        let (seen_since, silent_since) = match self.seen.as_str() {
            "7d" => (before(7), None),
            "not-30d" => (None, before(30)),
            "not-90d" => (None, before(90)),
            _ => (None, None),
        };
        DeviceFilter {
            product_id: self.product.parse().ok(),
            held_at: match self.seat.as_str() {
                "held" => Some((now, true)),
                "free" => Some((now, false)),
                _ => None,
            },
            seen_since,
            silent_since,
            text: Some(self.q.trim().to_owned()).filter(|text| !text.is_empty()),
        }
    }
}

impl ListedLine {
    fn of(row: ListedDevice, now: DateTime<Utc>) -> Self {
        let state = SessionState::of(&DeviceFacts::from(&row.activation), now);
        let device = row.activation;
        Self {
            id: device.id,
            name: device.label.or(device.device_name),
            platform: device.platform,
            version: device.software_version,
            license: (device.license_id, name_from(row.customer, row.email, &row.code_tail)),
            product: row.product_name,
            state,
            last_seen_at: device.last_seen_at,
        }
    }
}
