//! What the home page shows.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Error;

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomePage {
    /// Products.
    pub products: u64,
    /// Policies.
    pub policies: u64,
    /// Licenses, in every state.
    pub licenses: u64,
    /// Licenses that are active.
    pub active: u64,
    /// Seats in use now.
    pub seats: u64,
    /// Whether any device has ever activated.
    pub activated: bool,
}

/// Counts what there is.
#[server(endpoint = "home")]
pub async fn home() -> Result<HomePage, Error> {
    super::guard::<Home>()?;
    let service = super::service()?;
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let (licenses, active) = on.count_licenses().await?;
    let seats = on.count_held_seats(service.clock().now()).await?;
    Ok(HomePage {
        products: counted(on.products().await?.len()),
        policies: counted(on.policies(None).await?.len()),
        licenses: counted(licenses),
        active: counted(active),
        seats: counted(seats),
        activated: on.has_activations().await?,
    })
}

/// A count as the page takes it; none is negative.
#[cfg(feature = "ssr")]
pub(super) fn counted(n: impl TryInto<u64>) -> u64 {
    n.try_into().unwrap_or_default()
}
