//! Acts of owners on accounts.

use leptos::prelude::*;

use crate::{
    Error,
    admin::{guard, read_id, service},
    http::done::Done,
};

/// Changes an account's role, which applies from the person's next click.
#[server(endpoint = "accounts/change-role")]
pub async fn change_role(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] role: String,
) -> Result<(), Error> {
    let actor = guard::<ChangeRole>()?;
    let (id, opened) = (read_id(&id)?, crate::form::read_revision(&revision)?);
    service()?.accounts().save_role(id, opened, &role, &actor).await?;
    Done::RoleChanged.at(&format!("/settings/accounts/{id}"));
    Ok(())
}

/// Disables an account and ends its logins.
#[server(endpoint = "accounts/disable")]
pub async fn disable_account(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), Error> {
    let actor = guard::<DisableAccount>()?;
    let id = read_id(&id)?;
    service()?.accounts().disable_account(id, &reason, &actor).await?;
    Done::AccountDisabled.at(&format!("/settings/accounts/{id}"));
    Ok(())
}

/// Enables a disabled account.
#[server(endpoint = "accounts/enable")]
pub async fn enable_account(#[server(default)] id: String) -> Result<(), Error> {
    let actor = guard::<EnableAccount>()?;
    let id = read_id(&id)?;
    service()?.accounts().enable_account(id, &actor).await?;
    Done::AccountEnabled.at(&format!("/settings/accounts/{id}"));
    Ok(())
}

/// Ends every login of an account.
#[server(endpoint = "accounts/end-logins")]
pub async fn end_logins(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), Error> {
    let actor = guard::<EndLogins>()?;
    let id = read_id(&id)?;
    service()?.accounts().end_logins_of(id, None, &reason, &actor).await?;
    Done::LoginsEnded.at(&format!("/settings/accounts/{id}"));
    Ok(())
}

/// Creates a link with which a person sets a new password; it is shown once.
#[server(endpoint = "accounts/link-password")]
pub async fn link_password(#[server(default)] id: String) -> Result<(), Error> {
    let actor = guard::<LinkPassword>()?;
    let id = read_id(&id)?;
    let token = service()?.accounts().link_password(id, &actor).await?;
    super::links::keep(id, token).await?;
    crate::http::address::go(&format!("/settings/accounts/{id}"));
    Ok(())
}
