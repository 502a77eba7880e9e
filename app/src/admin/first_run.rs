//! The last of the first steps: the first activation, and the token that it got.

use chrono::{DateTime, Utc};
use licensing::{Permission, Span};
use service::{Service, store::Connection};
use uuid::Uuid;

use super::{
    devices::DeviceLine,
    licenses::{
        code::{Secret, secret_of},
        name_of,
    },
};
use crate::{Error, http::context::visitor};

/// State of the first run, once there is a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstRun {
    /// No device has activated yet.
    Waits {
        /// The license's id and name.
        license: (Uuid, String),
        /// Its code, if this account has just created it in this browser.
        secret: Option<Secret>,
    },
    /// The only device has activated within the last day.
    Activated {
        /// The device's id and name.
        device: (Uuid, String),
        /// The product's id and name.
        product: (Uuid, String),
        /// The claims of its token, as indented JSON.
        claims: String,
    },
}

/// Time for which the first token is shown.
const SHOWN_FOR: Span = Span::hours(24);
/// The key under which the browser keeps the code of the license that was created first.
const FIRST: &str = "first";

/// Keeps the code of a new license for Home, if no device has activated yet.
pub(super) async fn keep(service: &Service, license: Uuid, code: &str) -> Result<(), Error> {
    if service.store().read().await?.on().has_activations().await? {
        return Ok(());
    }
    let account = visitor().account.map(|account| account.id);
    let kept = serde_json::to_string(&(account, license, code)).map_err(|_| Error::internal())?;
    super::browser()?.keep(FIRST, kept).await
}

/// Returns the state of the first run; `None` before there is a license, and once it is over.
pub(super) async fn first_run(
    service: &Service,
    on: &mut Connection<'_>,
    now: DateTime<Utc>,
) -> Result<Option<FirstRun>, Error> {
    if on.has_activations().await? {
        let Some(device) = on.only_activation().await?.filter(|it| SHOWN_FOR.after(it.activated_at) > now) else {
            return Ok(None);
        };
        let Some(license) = on.license(device.license_id, now).await? else { return Ok(None) };
        let claims = service.keys().claims_of(&device, &license)?;
        let name = device.label.clone().or(device.device_name.clone());
        return Ok(Some(FirstRun::Activated {
            device: (device.id, name.unwrap_or_else(|| DeviceLine::UNNAMED.to_owned())),
            product: (license.license.product_id, license.product_name),
            claims: serde_json::to_string_pretty(&claims).unwrap_or_default(),
        }));
    }
    let kept = kept().await?;
    let license = match &kept {
        Some((id, _)) => on.license(*id, now).await?,
        None => on.licenses(&Default::default(), Default::default(), 1, now).await?.rows.into_iter().next(),
    };
    Ok(license.map(|row| FirstRun::Waits {
        license: (row.license.id, name_of(&row.license)),
        secret: kept.map(|(_, code)| secret_of(service, &row, code, true)),
    }))
}

/// The license and the code that this browser keeps for the signed-in account.
async fn kept() -> Result<Option<(Uuid, String)>, Error> {
    let account = visitor().account.filter(|account| account.role.may(Permission::RevealCodes));
    let Some(account) = account else { return Ok(None) };
    let kept = super::browser()?.kept(FIRST).await?;
    let kept = kept.and_then(|kept| serde_json::from_str::<(Option<Uuid>, Uuid, String)>(&kept).ok());
    Ok(kept.filter(|(of, ..)| *of == Some(account.id)).map(|(_, license, code)| (license, code)))
}
