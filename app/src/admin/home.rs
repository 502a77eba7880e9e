//! The home page's data.

use chrono::{DateTime, Utc};

use super::{counted, decisions::GroupLine};
use crate::{Error, admin::ReadName};

/// Totals and recent refusals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomePage {
    /// Products.
    pub products: u64,
    /// Policies.
    pub policies: u64,
    /// `true` if there is at least one license.
    pub any_license: bool,
    /// Licenses and seats; `None` until they are counted.
    pub counts: Option<CountsLine>,
    /// `true` if a device has ever activated.
    pub activated: bool,
    /// The refusals of the last 24 hours, the most frequent first; at most six groups.
    pub refusals: Vec<GroupLine>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// Numbers of licenses and seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountsLine {
    /// The time of the count: now, unless there are many licenses.
    pub at: DateTime<Utc>,
    /// Licenses, in every state.
    pub licenses: u64,
    /// Active licenses.
    pub active: u64,
    /// Seats in use.
    pub seats: u64,
}

pub const HOME: ReadName = ReadName("home");

/// Counts everything, and groups the refusals of the last 24 hours.
pub async fn home() -> Result<HomePage, Error> {
    use service::store::decisions::DecisionFilter;

    super::guard_read(HOME)?;
    let service = super::service()?;
    let counts = service.counter().counts().await?;
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let now = service.clock().now();
    let products = on.product_names().await?;
    let of_late = DecisionFilter { since: Some(licensing::Span::hours(24).before(now)), ..DecisionFilter::default() };
    let refusals = on.refusal_groups(&of_late, 6).await?;
    Ok(HomePage {
        products: counted(products.len()),
        policies: counted(on.policy_names(None).await?.len()),
        any_license: on.has_licenses().await?,
        counts: counts.map(|counts| CountsLine {
            at: counts.at,
            licenses: counts.licenses,
            active: counts.active,
            seats: counts.seats,
        }),
        activated: on.has_activations().await?,
        refusals: refusals.into_iter().map(|group| GroupLine::of(group, &products)).collect(),
        now,
    })
}
