//! Acts on a license, each with a reason.

use leptos::prelude::*;
use licensing::license::StateChange;

use super::tab::page_of;
use crate::{
    Error,
    admin::{guard, read_id, service},
    http::done::Done,
};

/// Stops activations and renewals until the license is reinstated.
#[server(endpoint = "licenses/suspend")]
pub async fn suspend_license(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), Error> {
    let actor = guard::<SuspendLicense>()?;
    let license = read_id(&id)?;
    service()?.licenses().change_state(license, StateChange::Suspend, &reason, &actor).await?;
    Done::LicenseSuspended.at(&page_of(license));
    Ok(())
}

/// Ends a suspension.
#[server(endpoint = "licenses/reinstate")]
pub async fn reinstate_license(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), Error> {
    let actor = guard::<ReinstateLicense>()?;
    let license = read_id(&id)?;
    service()?.licenses().change_state(license, StateChange::Reinstate, &reason, &actor).await?;
    Done::LicenseReinstated.at(&page_of(license));
    Ok(())
}

/// Ends a license permanently. While devices hold its seats, its name has to be typed as well.
#[server(endpoint = "licenses/revoke")]
pub async fn revoke_license(
    #[server(default)] id: String,
    #[server(default)] reason: String,
    #[server(default)] name: String,
) -> Result<(), Error> {
    let actor = guard::<RevokeLicense>()?;
    let (service, license) = (service()?, read_id(&id)?);
    let row = service.licenses().license(license).await?;
    let display_name = super::name_of(&row.license);
    if row.seats_used > 0 && name.trim() != display_name {
        return Err(Error::field("name", format!("does not match: type “{display_name}”")));
    }
    service.licenses().change_state(license, StateChange::Revoke, &reason, &actor).await?;
    Done::LicenseRevoked.at(&page_of(license));
    Ok(())
}

/// Resets the count of transfers against a license's transfer limit.
#[server(endpoint = "licenses/reset-transfers")]
pub async fn reset_transfers(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), Error> {
    let actor = guard::<ResetTransfers>()?;
    let license = read_id(&id)?;
    service()?.devices().reset_transfers(license, &reason, &actor).await?;
    Done::TransfersReset.at(&page_of(license));
    Ok(())
}
