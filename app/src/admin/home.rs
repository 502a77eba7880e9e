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
    Err(Error::Unavailable)
}
