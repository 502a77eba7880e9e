//! One's own account.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::Role;

use crate::{Error, admin::ReadName, context::OtherDoor};

/// One's own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oneself {
    /// One's name.
    pub name: String,
    /// The address one signs in with.
    pub email: String,
    /// What one really may do.
    pub role: Role,
    /// Whether one has a password, and passwords are taken.
    pub has_password: bool,
    /// Who one is at identity providers.
    pub identities: Vec<IdentityLine>,
    /// The providers at which one is nobody yet.
    pub others: Vec<OtherDoor>,
    /// Whether one has just proved who one is, as connecting a provider asks.
    pub fresh: bool,
    /// Since when there is the account.
    pub created_at: DateTime<Utc>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// Who one is at an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityLine {
    /// The provider's name; its issuer where it is in the settings no more.
    pub provider: String,
    /// Whether it is in the settings, and so a way in.
    pub opens: bool,
    /// The provider, `iss`.
    pub issuer: String,
    /// Who one is there, `sub`.
    pub subject: String,
    /// The address that the provider told.
    pub email: Option<String>,
    /// Since when it is connected.
    pub created_at: DateTime<Utc>,
    /// When one last came in with it.
    pub last_at: DateTime<Utc>,
    /// Whether it is one's last way in, and therefore stays.
    pub stays: bool,
}

pub const OWN_ACCOUNT: ReadName = ReadName("own-account");

/// One's own account.
pub async fn own_account() -> Result<Oneself, Error> {
    let actor = crate::admin::guard_read(OWN_ACCOUNT)?;
    let service = crate::admin::service()?;
    let id = actor.id().ok_or(Error::NotFound)?;
    let account = service.store().read().await?.on().account(id).await?.ok_or(Error::NotFound)?;
    let all = use_context::<crate::context::Doors>().unwrap_or_default().others;
    let identities: Vec<_> = service.connected(id).await?.into_iter().map(|one| IdentityLine::of(one, &all)).collect();
    let is_new = |door: &OtherDoor| !identities.iter().any(|one| one.issuer == door.issuer);
    Ok(Oneself {
        others: all.iter().filter(|door| is_new(door)).cloned().collect(),
        fresh: crate::admin::is_fresh()?,
        name: account.name,
        email: account.email,
        role: account.role,
        has_password: account.password_hash.is_some() && service.local_sign_in().await?,
        identities,
        created_at: account.created_at,
        now: service.clock().now(),
    })
}

impl IdentityLine {
    fn of(one: service::Connected, doors: &[OtherDoor]) -> Self {
        let door = doors.iter().find(|door| door.issuer == one.issuer);
        Self {
            provider: door.map_or_else(|| one.issuer.clone(), |door| door.name.clone()),
            opens: door.is_some(),
            issuer: one.issuer,
            subject: one.subject,
            email: one.email,
            created_at: one.created_at,
            last_at: one.last_at,
            stays: one.stays,
        }
    }
}

/// Takes an identity from one's own account, and ends the logins that began with it.
#[server(endpoint = "own-account/disconnect")]
pub async fn disconnect(#[server(default)] issuer: String, #[server(default)] subject: String) -> Result<(), Error> {
    let actor = crate::admin::guard::<Disconnect>()?;
    crate::admin::service()?.disconnect_identity(&issuer, &subject, &actor).await?;
    crate::done::Done::IdentityDisconnected.at("/settings/account");
    Ok(())
}

/// Changes one's own password, and ends one's other logins.
#[server(endpoint = "own-account/change-password")]
pub async fn change_password(
    #[server(default)] old_password: String,
    #[server(default)] new_password: String,
) -> Result<(), Error> {
    let actor = crate::admin::guard::<ChangePassword>()?;
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    let keep = browser.login_id().await?;
    service.change_password(&old_password, &new_password, keep, &actor).await?;
    browser.prove().await?;
    crate::done::Done::PasswordChanged.at("/settings/account");
    Ok(())
}

/// Proves once more, with one's password, who one is. Forms send it along where an act asks for a fresh proof.
#[server(endpoint = "own-account/prove")]
pub async fn prove_oneself(#[server(default)] password: String) -> Result<(), Error> {
    let actor = crate::admin::guard::<ProveOneself>()?;
    let id = actor.id().ok_or(Error::SignInNeeded)?;
    match crate::admin::service()?.prove_password(id, &password, &actor).await {
        Err(service::Error::Forbidden(words)) => return Err(Error::ProofNeeded(Some(words))),
        answer => answer?,
    }
    crate::admin::browser()?.prove().await
}

/// Lets an owner look at things as another role does, until they say otherwise or the login ends.
#[server(endpoint = "own-account/see-as")]
pub async fn see_as(#[server(default)] role: String) -> Result<(), Error> {
    crate::admin::guard::<SeeAs>()?;
    let role = Role::from_name(&role).filter(|role| *role < Role::Owner);
    let role = role.ok_or_else(|| Error::field("role", "must be one of viewer, support and admin"))?;
    crate::admin::browser()?.see_as(Some(role)).await?;
    crate::address::go(crate::address::HOME);
    Ok(())
}

/// Ends that.
#[server(endpoint = "own-account/see-as-oneself")]
pub async fn see_as_oneself() -> Result<(), Error> {
    crate::admin::guard::<SeeAsOneself>()?;
    crate::admin::browser()?.see_as(None).await?;
    crate::address::go("/settings/accounts");
    Ok(())
}
