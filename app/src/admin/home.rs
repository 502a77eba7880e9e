//! The home page's data.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use service::{Overview, PageVersion, Topic};

use super::{counted, decisions::GroupLine, first_run::FirstRun};
use crate::{Error, admin::ReadName};

/// An overview of the server, and recent refusals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomePage {
    /// Products.
    pub products: u64,
    /// Policies.
    pub policies: u64,
    /// `true` if there is at least one license.
    pub any_license: bool,
    /// Licenses, seats and activity; `None` until they are counted.
    pub overview: Option<Arc<Overview>>,
    /// `true` if a device has ever activated.
    pub activated: bool,
    /// The refusals of the last 24 hours, the most frequent first; at most `MOST_GROUPS` groups.
    pub refusals: Vec<GroupLine>,
    /// The first activation, until a day after it.
    pub first_run: Option<FirstRun>,
    /// The state that the page shows, for following its changes.
    pub seen: PageVersion,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// Maximum number of groups of refusals.
const MOST_GROUPS: i64 = 50;

pub const HOME: ReadName = ReadName("home");

/// Looks over the server, and groups the refusals of the last 24 hours.
pub async fn home() -> Result<HomePage, Error> {
    use service::store::decisions::DecisionFilter;

    super::guard_read(HOME)?;
    let service = super::service()?;
    let seen = service.live().seen(Topic::Home).await?;
    let overview = service.counter().overview().await?;
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let now = service.clock().now();
    let products = on.product_names().await?;
    let recent = DecisionFilter { since: Some(licensing::Span::hours(24).before(now)), ..DecisionFilter::default() };
    let refusals = super::decisions::refusal_groups(&mut on, &recent, MOST_GROUPS, &products).await?;
    let first_run = super::first_run::first_run(&service, &mut on, now).await?;
    Ok(HomePage {
        products: counted(products.len()),
        policies: counted(on.policy_names(None).await?.len()),
        any_license: on.has_licenses().await?,
        overview,
        activated: on.has_activations().await?,
        refusals,
        first_run,
        seen,
        now,
    })
}
