//! Support's acts on a device.

use leptos::prelude::*;

use crate::{
    Error,
    admin::{devices::ReturnTo, guard, read_id, service},
    http::done::Done,
};

/// Frees a device's seat on behalf of its user. The device can activate again.
#[server(endpoint = "devices/free")]
pub async fn free_device(
    #[server(default)] id: String,
    #[server(default)] from: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = guard::<FreeDevice>()?;
    let id = read_id(&id)?;
    let (to, held) = (back(id, &from).await?, holds_seat(id).await?);
    service()?.devices().free_seat(id, &reason, &actor).await?;
    match held {
        true => Done::DeviceFreed.undoable_at(&to, id),
        false => Done::SessionEnded.at(&to),
    }
    Ok(())
}

/// Revokes a device.
#[server(endpoint = "devices/revoke")]
pub async fn revoke_device(
    #[server(default)] id: String,
    #[server(default)] from: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = guard::<RevokeDevice>()?;
    let id = read_id(&id)?;
    let (to, held) = (back(id, &from).await?, holds_seat(id).await?);
    service()?.devices().revoke_activation(id, &reason, &actor).await?;
    match held {
        true => Done::DeviceRevoked.undoable_at(&to, id),
        false => Done::DeviceRevoked.at(&to),
    }
    Ok(())
}

/// Undoes that support freed or revoked the device, within ten minutes.
#[server(endpoint = "devices/restore")]
pub async fn restore_device(#[server(default)] id: String, #[server(default)] from: String) -> Result<(), Error> {
    let actor = guard::<RestoreDevice>()?;
    let id = read_id(&id)?;
    let to = back(id, &from).await?;
    service()?.devices().undo_release(id, &actor).await?;
    Done::DeviceRestored.at(&to);
    Ok(())
}

/// Gives a device a name of support's choice.
#[server(endpoint = "devices/name")]
pub async fn name_device(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] name: String,
) -> Result<(), Error> {
    let actor = guard::<NameDevice>()?;
    let (id, opened) = (read_id(&id)?, crate::form::read_revision(&revision)?);
    service()?.devices().save_device_name(id, opened, &name, &actor).await?;
    Done::DeviceNamed.at(&format!("/devices/{id}"));
    Ok(())
}

/// Returns `true` if the device counts against the limit now.
async fn holds_seat(id: uuid::Uuid) -> Result<bool, Error> {
    let service = service()?;
    let found = service.store().read().await?.on().activation(id).await?.ok_or(Error::NotFound)?;
    Ok(found.hold_until > service.clock().now())
}

/// The page of the form, which `from` names.
async fn back(id: uuid::Uuid, from: &str) -> Result<String, Error> {
    match ReturnTo::read(from) {
        ReturnTo::Device(page) => Ok(format!("/devices/{page}")),
        ReturnTo::Decision(page) => Ok(format!("/decisions/{page}")),
        ReturnTo::License => {
            let found = service()?.store().read().await?.on().activation(id).await?.ok_or(Error::NotFound)?;
            Ok(format!("/licenses/{}", found.license_id))
        }
    }
}
