//! One's own account.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::Role;
use serde::{Deserialize, Serialize};

use crate::Error;

/// One's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oneself {
    /// One's name.
    pub name: String,
    /// The address one signs in with.
    pub email: String,
    /// What one really may do.
    pub role: Role,
    /// Whether one has a password, and passwords are taken.
    pub has_password: bool,
    /// Since when there is the account.
    pub created_at: DateTime<Utc>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// One's own account.
#[server(endpoint = "own-account")]
pub async fn own_account() -> Result<Oneself, Error> {
    let actor = crate::admin::guard::<OwnAccount>()?;
    let service = crate::admin::service()?;
    let id = actor.id().ok_or(Error::NotFound)?;
    let account = service.store().read().await?.on().account(id).await?.ok_or(Error::NotFound)?;
    Ok(Oneself {
        name: account.name,
        email: account.email,
        role: account.role,
        has_password: account.password_hash.is_some() && service.local_sign_in().await?,
        created_at: account.created_at,
        now: service.clock().now(),
    })
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
