//! Accounts of the vendor's staff.

use licensing::{Email, Invalid, Role, text};
use store::{accounts::Account, provider::Provider};
use uuid::Uuid;

mod acts;
pub(crate) mod addresses;
pub(crate) mod invitations;
mod links;
mod local;
mod passwords;
pub(crate) mod setup;

pub(crate) use acts::still_owner;
pub use invitations::{Invited, NewAccount};
pub use links::{AccountLink, HostLink};
pub(crate) use local::{accepts_passwords, turned_off};

use crate::{Result, Service, SignedIn, crypto::password::good_password};

/// Input for creating the first owner and the vendor's profile.
#[derive(Clone, Default)]
pub struct NewOwner {
    /// Name of the person, 1–80 characters.
    pub name: String,
    /// E-mail address to sign in with.
    pub email: String,
    /// Password, at least 15 characters.
    pub password: String,
    /// Company name, 1–80 characters.
    pub provider_name: String,
    /// E-mail address for customers; may be empty.
    pub provider_email: String,
}

impl std::fmt::Debug for NewOwner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewOwner").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A form that has passed its checks.
pub(crate) struct ReadOwner {
    pub(crate) account: Account,
    pub(crate) password: String,
    pub(crate) provider: Provider,
}

impl NewOwner {
    pub(crate) fn read(self) -> Result<ReadOwner, Invalid> {
        let mut wrong = Invalid::default();
        let name = wrong.keep("name", text::name(&self.name, 80)).unwrap_or_default();
        let email = wrong.keep("email", Email::read(&self.email)).map(|e| e.canonical()).unwrap_or_default();
        wrong.keep("password", good_password(&self.password, &[&email, &name]));
        let provider_name = wrong.keep("provider_name", text::name(&self.provider_name, 80)).unwrap_or_default();
        let provider_email = match self.provider_email.trim() {
            "" => None,
            given => wrong.keep("provider_email", Email::read(given)).map(|e| e.to_string()),
        };
        wrong.or(ReadOwner {
            account: Account {
                id: Uuid::nil(),
                name,
                email,
                role: Role::Owner,
                password_hash: None,
                failures: 0,
                failed_at: None,
                disabled_at: None,
                created_at: chrono::DateTime::UNIX_EPOCH,
                revision: 1,
            },
            password: self.password,
            provider: Provider { name: provider_name, email: provider_email, ..Provider::default() },
        })
    }
}

impl Service {
    /// The account behind a login, in its current state. `None` if the account is gone or may no longer sign in. Called
    /// on every request, so that a changed role applies from the next one.
    pub async fn signed_in(&self, account: Uuid) -> Result<Option<SignedIn>> {
        let account = self.store().read().await?.on().account(account).await?;
        Ok(account.filter(|a| a.disabled_at.is_none()).map(|a| SignedIn { id: a.id, name: a.name, role: a.role }))
    }

    /// Returns `true` if the server has an owner.
    pub async fn has_owner(&self) -> Result<bool> {
        Ok(self.store().read().await?.on().has_owner().await?)
    }
}
