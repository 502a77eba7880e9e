//! Fingerprints that are entered for a license beforehand.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    Error,
    admin::{ReadName, counted, guard, guard_read, read_id, service},
    done::Done,
};

/// The fingerprints that were entered for a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorized {
    /// The license.
    pub license: Uuid,
    /// Whether its terms let nobody else in.
    pub asked: bool,
    /// The youngest of them, at most [`MOST_SHOWN`].
    pub lines: Vec<AuthorizedLine>,
    /// How many there are.
    pub count: u64,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A fingerprint that was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizedLine {
    /// The fingerprint.
    pub fingerprint: String,
    /// Whose device it is.
    pub note: Option<String>,
    /// When it was entered.
    pub at: DateTime<Utc>,
    /// The device that has it and activated: its id, and what it is called.
    pub device: Option<(Uuid, Option<String>)>,
}

/// The most of them that a page shows.
pub const MOST_SHOWN: usize = 200;

pub const LIST_AUTHORIZED: ReadName = ReadName("devices/authorized");

/// The fingerprints that were entered for a license.
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

/// Enters fingerprints for a license, a line each, as [`device_lines::read`](crate::device_lines::read) takes them.
#[server(endpoint = "devices/authorize")]
pub async fn authorize_devices(
    #[server(default)] license: String,
    #[server(default)] devices: String,
) -> Result<(), Error> {
    let actor = guard::<AuthorizeDevices>()?;
    let id = read_id(&license)?;
    let entries = crate::device_lines::read(&devices)?;
    service()?.authorize_devices(id, &entries, &actor).await?;
    Done::DevicesAuthorized.at(&format!("/licenses/{id}"));
    Ok(())
}

/// Takes a fingerprint out again.
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
    service()?.unauthorize_device(id, &fingerprint, &reason, &actor).await?;
    Done::DeviceUnauthorized.at(&format!("/licenses/{id}"));
    Ok(())
}
