//! What support does to a device.

use leptos::prelude::*;

use crate::{
    Error,
    admin::{guard, read_id, service},
    done::Done,
};

/// Gives a device's seat back in its user's place. It may ask again.
#[server(endpoint = "devices/free")]
pub async fn free_device(
    #[server(default)] id: String,
    #[server(default)] from: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = guard::<FreeDevice>()?;
    let id = read_id(&id)?;
    let to = back(id, &from).await?;
    service()?.free_seat(id, &reason, &actor).await?;
    Done::DeviceFreed.at(&to);
    Ok(())
}

/// Takes a device's seat away.
#[server(endpoint = "devices/revoke")]
pub async fn revoke_device(
    #[server(default)] id: String,
    #[server(default)] from: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = guard::<RevokeDevice>()?;
    let id = read_id(&id)?;
    let to = back(id, &from).await?;
    service()?.revoke_activation(id, &reason, &actor).await?;
    Done::DeviceRevoked.at(&to);
    Ok(())
}

/// Takes back that support freed or revoked it, within ten minutes.
#[server(endpoint = "devices/restore")]
pub async fn restore_device(#[server(default)] id: String, #[server(default)] from: String) -> Result<(), Error> {
    let actor = guard::<RestoreDevice>()?;
    let id = read_id(&id)?;
    let to = back(id, &from).await?;
    service()?.undo_release(id, &actor).await?;
    Done::DeviceRestored.at(&to);
    Ok(())
}

/// Gives a device a name of support's own.
#[server(endpoint = "devices/name")]
pub async fn name_device(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] name: String,
) -> Result<(), Error> {
    let actor = guard::<NameDevice>()?;
    let (id, opened) = (read_id(&id)?, crate::form::read_revision(&revision)?);
    service()?.save_device_name(id, opened, &name, &actor).await?;
    Done::DeviceNamed.at(&format!("/devices/{id}"));
    Ok(())
}

/// The page on which the form stands: that of the device whose id is in `from`, else the license's.
async fn back(id: uuid::Uuid, from: &str) -> Result<String, Error> {
    if let Ok(page) = read_id(from) {
        return Ok(format!("/devices/{page}"));
    }
    let found = service()?.store().read().await?.on().activation(id).await?.ok_or(Error::NotFound)?;
    Ok(format!("/licenses/{}", found.license_id))
}
