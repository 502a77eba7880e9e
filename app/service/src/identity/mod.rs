//! Sign-in, identities, logins and API tokens.

pub(crate) mod api_tokens;
pub(crate) mod failed_sign_ins;
pub(crate) mod identities;
pub(crate) mod logins;
pub(crate) mod password_attempts;
pub(crate) mod provider_token;
pub(crate) mod refusal_budget;
pub(crate) mod sign_in;
pub(crate) mod upstream_sessions;

use std::sync::Arc;

use password_attempts::PasswordAttempts;
use refusal_budget::{NotedOf, RefusalBudget};
use store::Store;

use crate::{
    Clock, LocalSignIn,
    base::Base,
    crypto::{password::Hasher, vault::Vault},
};

/// The acts on sign-ins, identities, logins and API tokens. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Identities {
    store: Store,
    clock: Clock,
    vault: Arc<Vault>,
    hasher: Hasher,
    attempts: PasswordAttempts,
    local_sign_in: LocalSignIn,
    noted: Arc<RefusalBudget>,
    refused_logouts: Arc<NotedOf>,
}

impl Identities {
    pub(crate) fn new(base: &Base, hasher: Hasher, attempts: PasswordAttempts, local_sign_in: LocalSignIn) -> Self {
        let Base { store, clock, vault } = base.clone();
        let (noted, refused_logouts) = (Arc::default(), Arc::default());
        Self { store, clock, vault, hasher, attempts, local_sign_in, noted, refused_logouts }
    }
}
