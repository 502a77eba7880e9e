//! Accounts of the vendor's staff.

mod acts;
pub(crate) mod addresses;
pub(crate) mod invitations;
mod links;
pub(crate) mod local;
pub(crate) mod no_address;
mod passwords;
pub(crate) mod rights;
pub(crate) mod setup;
mod signed_in;

use std::sync::Arc;

use store::Store;

pub use invitations::{Invited, NewAccount};
pub use links::{AccountLink, HostLink};
use local::LocalSignIn;
pub use setup::NewOwner;

use crate::{
    Clock, Vendor, base::Base, crypto::password::Hasher, identity::password_attempts::PasswordAttempts,
    rate_limit::RateLimits,
};

/// The acts on accounts, their invitations, links and passwords. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts {
    store: Store,
    clock: Clock,
    hasher: Hasher,
    attempts: PasswordAttempts,
    local_sign_in: LocalSignIn,
    vendor: Vendor,
    rate_limits: Arc<RateLimits>,
}

impl Accounts {
    pub(crate) fn new(
        base: &Base,
        hasher: Hasher,
        attempts: PasswordAttempts,
        local_sign_in: LocalSignIn,
        vendor: Vendor,
        rate_limits: Arc<RateLimits>,
    ) -> Self {
        let Base { store, clock, .. } = base.clone();
        Self { store, clock, hasher, attempts, local_sign_in, vendor, rate_limits }
    }
}
