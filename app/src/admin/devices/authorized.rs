//! Pre-registered devices of a license.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    Error,
    admin::{ReadName, counted, guard, guard_read, read_id, service},
    http::done::Done,
};

/// The pre-registered devices of a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorized {
    /// The license.
    pub license: Uuid,
    /// `true` if the terms let only these devices activate.
    pub asked: bool,
    /// The newest of them, at most [`MOST_SHOWN`].
    pub lines: Vec<AuthorizedLine>,
    /// Number of pre-registered devices.
    pub count: u64,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A pre-registered device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizedLine {
    /// The fingerprint.
    pub fingerprint: String,
    /// A note, such as the device's owner.
    pub note: Option<String>,
    /// The time of registration.
    pub at: DateTime<Utc>,
    /// The device that activated with this fingerprint: id and name.
    pub device: Option<(Uuid, Option<String>)>,
}

/// Maximum number of them on a page.
pub const MOST_SHOWN: usize = 200;

pub const LIST_AUTHORIZED: ReadName = ReadName("devices/authorized");

/// The pre-registered devices of a license.
pub async fn list_authorized(license: String) -> Result<Authorized, Error> {
    use licensing::terms::Devices;

    guard_read(LIST_AUTHORIZED)?;
    let (service, id) = (service()?, read_id(&license)?);
    let now = service.clock().now();
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let row = on.license(id, now).await?.ok_or(Error::NotFound)?;
    let count = counted(on.count_authorized(id).await?);
    let rows = on.authorized_devices(id, i64::try_from(MOST_SHOWN).unwrap_or(i64::MAX)).await?;
    let line = |row: service::store::authorized::AuthorizedRow| AuthorizedLine {
        fingerprint: row.entry.fingerprint,
        note: row.entry.note,
        at: row.entry.created_at,
        device: row.activation_id.map(|id| (id, row.device_name)),
    };
    let asked = row.policy_terms.with(&row.license.overrides).devices == Devices::Authorized;
    Ok(Authorized { license: id, asked, lines: rows.into_iter().map(line).collect(), count, now })
}

/// Pre-registers devices for a license, one per line, in the format of
/// [`device_lines::read`](crate::text::device_lines::read).
#[server(endpoint = "devices/authorize")]
pub async fn authorize_devices(
    #[server(default)] license: String,
    #[server(default)] devices: String,
) -> Result<(), Error> {
    let actor = guard::<AuthorizeDevices>()?;
    let id = read_id(&license)?;
    let entries = crate::text::device_lines::read(&devices)?;
    service()?.devices().authorize_devices(id, &entries, &actor).await?;
    Done::DevicesAuthorized.at(&format!("/licenses/{id}"));
    Ok(())
}

/// Removes a pre-registered device.
#[server(endpoint = "devices/unauthorize")]
pub async fn unauthorize_device(
    #[server(default)] license: String,
    #[server(default)] fingerprint: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    use licensing::{Fingerprint, Invalid};

    let actor = guard::<UnauthorizeDevice>()?;
    let id = read_id(&license)?;
    let fingerprint =
        Fingerprint::read(&fingerprint).map_err(|fault| Invalid::one("fingerprint", fault.to_string()))?;
    service()?.devices().unauthorize_device(id, &fingerprint, &reason, &actor).await?;
    Done::DeviceUnauthorized.at(&format!("/licenses/{id}"));
    Ok(())
}
