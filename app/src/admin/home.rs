//! What the home page shows.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::decisions::GroupLine;
use crate::Error;

/// How much there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What was refused within the last 24 hours, the most frequent first, six groups at most.
    pub refusals: Vec<GroupLine>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// Counts what there is, and what was refused of late.
#[server(endpoint = "home")]
pub async fn home() -> Result<HomePage, Error> {
    use service::store::decisions::DecisionFilter;

    super::guard::<Home>()?;
    let service = super::service()?;
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let now = service.clock().now();
    let (licenses, active) = on.count_licenses().await?;
    let seats = on.count_held_seats(now).await?;
    let products: Vec<_> = on.products().await?.into_iter().map(|row| (row.product.id, row.product.name)).collect();
    let of_late = DecisionFilter { since: Some(licensing::Span::hours(24).before(now)), ..DecisionFilter::default() };
    let refusals = on.refusal_groups(&of_late, 6).await?;
    Ok(HomePage {
        products: counted(products.len()),
        policies: counted(on.policies(None).await?.len()),
        licenses: counted(licenses),
        active: counted(active),
        seats: counted(seats),
        activated: on.has_activations().await?,
        refusals: refusals.into_iter().map(|group| GroupLine::of(group, &products)).collect(),
        now,
    })
}

/// A count as the page takes it; none is negative.
#[cfg(feature = "ssr")]
pub(super) fn counted(n: impl TryInto<u64>) -> u64 {
    n.try_into().unwrap_or_default()
}
