//! Accounts and invitations.

pub mod acts;
pub mod invitations;
pub mod links;
pub mod local;
pub mod own;

use chrono::{DateTime, Utc};
use licensing::Role;
use uuid::Uuid;

use super::logins::LoginLine;
use crate::{Error, admin::ReadName};

/// All accounts and open invitations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accounts {
    /// The accounts, by name.
    pub accounts: Vec<AccountLine>,
    /// The invitations, newest first.
    pub invitations: Vec<InvitationLine>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// An account in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLine {
    /// The account's id.
    pub id: Uuid,
    /// The person's name.
    pub name: String,
    /// The e-mail address for signing in.
    pub email: String,
    /// The account's role.
    pub role: Role,
    /// The time at which the account was disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// `true` if the account has a password.
    pub has_password: bool,
    /// The time of creation.
    pub created_at: DateTime<Utc>,
    /// The time of the last request, if the person is signed in.
    pub seen_at: Option<DateTime<Utc>>,
    /// `true` for the user's own account.
    pub own: bool,
    /// Number of the last change.
    pub revision: i64,
}

/// An invitation in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationLine {
    /// The invitation's id.
    pub id: Uuid,
    /// The invited address.
    pub email: String,
    /// The role of the new account.
    pub role: Role,
    /// The name of the person who sent it.
    pub invited_by: String,
    /// The time of creation.
    pub created_at: DateTime<Utc>,
    /// The expiry.
    pub expires_at: DateTime<Utc>,
}

/// A single account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountDetail {
    /// The account.
    pub account: AccountLine,
    /// `true` if it is the only enabled owner, and so must stay one.
    pub last_owner: bool,
    /// `true` if this server accepts passwords.
    pub local_sign_in: bool,
    /// The account's logins.
    pub logins: Vec<LoginLine>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

pub const LIST_ACCOUNTS: ReadName = ReadName("accounts");

/// All accounts and open invitations.
pub async fn list_accounts() -> Result<Accounts, Error> {
    super::guard_read(LIST_ACCOUNTS)?;
    let service = super::service()?;
    let now = service.clock().now();
    let mut reading = service.store().read().await?;
    let accounts = reading.on().accounts(now).await?.into_iter().map(AccountLine::from).collect();
    let invitations = reading.on().open_invitations(now).await?.into_iter().map(InvitationLine::from).collect();
    Ok(Accounts { accounts, invitations, now })
}

pub const ACCOUNT: ReadName = ReadName("accounts/one");

/// A single account, with its logins.
pub async fn account(id: String) -> Result<AccountDetail, Error> {
    super::guard_read(ACCOUNT)?;
    let (service, id) = (super::service()?, super::read_id(&id)?);
    let now = service.clock().now();
    let logins = service.identity().logins(Some(id)).await?;
    let own = super::browser()?.login_id().await?;
    let local_sign_in = service.local_sign_in().is_on().await?;
    let mut reading = service.store().read().await?;
    let rows = reading.on().accounts(now).await?;
    let owners = reading.on().count_owners().await?;
    let account: AccountLine =
        rows.into_iter().find(|row| row.account.id == id).map(Into::into).ok_or(Error::NotFound)?;
    let last_owner = account.role == Role::Owner && account.disabled_at.is_none() && owners <= 1;
    let logins = logins.into_iter().map(|row| LoginLine::of(row, own)).collect();
    Ok(AccountDetail { account, last_owner, local_sign_in, logins, now })
}

impl From<store::accounts::AccountRow> for AccountLine {
    fn from(row: store::accounts::AccountRow) -> Self {
        let account = row.account;
        Self {
            own: crate::http::context::visitor().account.is_some_and(|own| own.id == account.id),
            id: account.id,
            name: account.name,
            email: account.email,
            role: account.role,
            disabled_at: account.disabled_at,
            has_password: account.password_hash.is_some(),
            created_at: account.created_at,
            seen_at: row.seen_at,
            revision: account.revision,
        }
    }
}

impl From<store::accounts::Invitation> for InvitationLine {
    fn from(it: store::accounts::Invitation) -> Self {
        let store::accounts::Invitation { id, email, role, invited_by, created_at, expires_at } = it;
        Self { id, email, role, invited_by, created_at, expires_at }
    }
}
