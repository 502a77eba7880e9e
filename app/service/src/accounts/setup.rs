//! First start: a one-time link makes its holder the owner.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::{Email, EventKind, Invalid, Role, Span, SubjectKind, text};
use serde_json::json;
use store::{accounts::Account, provider::Provider};
use uuid::Uuid;

use crate::{
    Accounts, Actor, Error, Origin, Result, SignedIn,
    audit::{Record, Subject},
    crypto::{
        password::good_password,
        vault::{random, sha256},
    },
};

/// Validity of a setup link.
const GOOD_FOR: Span = Span::hours(1);

/// The state of a setup link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupLink {
    /// It may be used once.
    Good,
    /// It has been used.
    Used,
    /// It is older than an hour.
    Expired,
    /// It never existed, or a later start of the server replaced it.
    Unknown,
}

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
struct ReadOwner {
    account: Account,
    password: String,
    provider: Provider,
}

impl NewOwner {
    fn read(self) -> Result<ReadOwner, Invalid> {
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
            provider: Provider { name: provider_name, email: provider_email, revision: 1, ..Provider::default() },
        })
    }
}

impl Accounts {
    /// Creates a setup link and returns its token. The link can be used once within an hour and replaces every earlier
    /// one. `None` if the server has an owner.
    pub async fn new_setup_link(&self) -> Result<Option<String>> {
        let mut tx = self.store.begin().await?;
        tx.lock_setup().await?;
        if tx.on().has_owner().await? {
            return Ok(None);
        }
        let token = URL_SAFE_NO_PAD.encode(random::<32>()?);
        let now = self.clock.now();
        tx.replace_setup_link(&sha256(token.as_bytes()), now, GOOD_FOR.after(now)).await?;
        tx.commit().await?;
        Ok(Some(token))
    }

    /// Returns the state of the link with this token.
    pub async fn setup_link(&self, token: &str) -> Result<SetupLink> {
        let mut reading = self.store.read().await?;
        Ok(match reading.on().setup_link(&sha256(token.as_bytes())).await? {
            None => SetupLink::Unknown,
            Some(link) if link.used_at.is_some() => SetupLink::Used,
            Some(link) if link.expires_at <= self.clock.now() => SetupLink::Expired,
            Some(_) if reading.on().has_owner().await? => SetupLink::Used,
            Some(_) => SetupLink::Good,
        })
    }

    /// Makes the holder of the link the owner, and sets the vendor's profile.
    ///
    /// # Errors
    /// `Invalid` with the fields `name`, `email`, `password`, `provider_name`, `provider_email`; `Conflict` if the link
    /// is used, expired or unknown.
    #[tracing::instrument(skip_all)]
    pub async fn set_up(&self, token: &str, form: NewOwner, origin: Origin) -> Result<SignedIn> {
        let ReadOwner { mut account, password, provider } = form.read()?;
        // Hashing is expensive, so not for an invalid link, and not inside the transaction.
        if self.setup_link(token).await? != SetupLink::Good {
            return Err(stale());
        }
        account.password_hash = Some(self.hasher.hash(&password).await?);
        let now = self.clock.now();
        account.id = self.clock.id();
        account.created_at = now;

        let mut tx = self.store.begin().await?;
        // Two instances may have printed a link each; only one of their holders becomes the owner.
        tx.lock_setup().await?;
        if !tx.use_setup_link(&sha256(token.as_bytes()), now).await? || tx.on().has_owner().await? {
            return Err(stale());
        }
        tx.insert_account(&account).await?;
        tx.put_provider(&provider, now).await?;
        let actor = Actor::setup(origin);
        let subject = Subject::new(SubjectKind::Account, account.id, &account.name);
        let made = json!({ "name": account.name, "email": account.email, "role": account.role });
        Record::new(&actor, EventKind::AccountCreated, subject).made(&made).write(&mut tx, now).await?;
        let subject = Subject { kind: SubjectKind::Provider, id: None, name: provider.name.clone(), license_id: None };
        let made = json!({ "name": provider.name, "email": provider.email });
        Record::new(&actor, EventKind::OrganizationCreated, subject).made(&made).write(&mut tx, now).await?;
        tx.commit().await?;
        self.vendor.provider_changed();
        Ok(SignedIn { id: account.id, name: account.name, role: account.role })
    }
}

fn stale() -> Error {
    Error::Conflict(
        "This setup link was used or has expired: restart the server to get a new one, unless it already has an owner."
            .to_owned(),
    )
}
