//! The user's own account.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::Role;

use crate::{Error, admin::ReadName, http::context::ProviderLink};

/// The user's own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentUser {
    /// The user's name.
    pub name: String,
    /// The e-mail address for signing in.
    pub email: String,
    /// The account's own role, also while an owner views the app as another.
    pub role: Role,
    /// `true` if the account has a password and passwords are accepted.
    pub has_password: bool,
    /// The connected identities.
    pub identities: Vec<IdentityLine>,
    /// The providers that are not connected yet.
    pub others: Vec<ProviderLink>,
    /// `true` if there is a fresh proof, which connecting a provider requires.
    pub fresh: bool,
    /// The time of creation.
    pub created_at: DateTime<Utc>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A connected identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityLine {
    /// The provider's name; its issuer if it is no longer in the settings.
    pub provider: String,
    /// `true` if the provider is in the settings, so that the identity can sign in.
    pub opens: bool,
    /// The provider's issuer, `iss`.
    pub issuer: String,
    /// The subject at the provider, `sub`.
    pub subject: String,
    /// The e-mail address that the provider reported.
    pub email: Option<String>,
    /// The time at which it was connected.
    pub created_at: DateTime<Utc>,
    /// The time of the last sign-in with it.
    pub last_at: DateTime<Utc>,
    /// `true` if it is the account's last way to sign in, and so cannot be disconnected.
    pub stays: bool,
}

pub const OWN_ACCOUNT: ReadName = ReadName("own-account");

/// The user's own account.
pub async fn own_account() -> Result<CurrentUser, Error> {
    let actor = crate::admin::guard_read(OWN_ACCOUNT)?;
    let service = crate::admin::service()?;
    let id = actor.id().ok_or(Error::NotFound)?;
    let account = service.store().read().await?.on().account(id).await?.ok_or(Error::NotFound)?;
    let all = use_context::<crate::http::context::SignInProviders>().unwrap_or_default().others;
    let identities: Vec<_> =
        service.identity().connected(id).await?.into_iter().map(|one| IdentityLine::of(one, &all)).collect();
    let is_new = |link: &ProviderLink| !identities.iter().any(|one| one.issuer == link.issuer);
    Ok(CurrentUser {
        others: all.iter().filter(|link| is_new(link)).cloned().collect(),
        fresh: crate::admin::has_fresh_proof()?,
        name: account.name,
        email: account.email,
        role: account.role,
        has_password: account.password_hash.is_some() && service.local_sign_in().is_on().await?,
        identities,
        created_at: account.created_at,
        now: service.clock().now(),
    })
}

impl IdentityLine {
    fn of(one: service::Connected, links: &[ProviderLink]) -> Self {
        let link = links.iter().find(|link| link.issuer == one.issuer);
        Self {
            provider: link.map_or_else(|| one.issuer.clone(), |link| link.name.clone()),
            opens: link.is_some(),
            issuer: one.issuer,
            subject: one.subject,
            email: one.email,
            created_at: one.created_at,
            last_at: one.last_at,
            stays: one.stays,
        }
    }
}

/// Disconnects an identity from the user's own account, and ends the logins that began with it.
#[server(endpoint = "own-account/disconnect")]
pub async fn disconnect(#[server(default)] issuer: String, #[server(default)] subject: String) -> Result<(), Error> {
    let actor = crate::admin::guard::<Disconnect>()?;
    crate::admin::service()?.identity().disconnect_identity(&issuer, &subject, &actor).await?;
    crate::http::done::Done::IdentityDisconnected.at("/settings/account");
    Ok(())
}

/// Changes the user's own password, and ends their other logins.
#[server(endpoint = "own-account/change-password")]
pub async fn change_password(
    #[server(default)] old_password: String,
    #[server(default)] new_password: String,
) -> Result<(), Error> {
    let actor = crate::admin::guard::<ChangePassword>()?;
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    let keep = browser.login_id().await?;
    service.accounts().change_password(&old_password, &new_password, keep, &actor).await?;
    browser.prove().await?;
    crate::http::done::Done::PasswordChanged.at("/settings/account");
    Ok(())
}

/// Records a fresh proof, by password. Forms send the password along if an act requires a fresh proof.
#[server(endpoint = "own-account/prove")]
pub async fn prove_identity(#[server(default)] password: String) -> Result<(), Error> {
    let actor = crate::admin::guard::<ProveIdentity>()?;
    let id = actor.id().ok_or(Error::SignInNeeded)?;
    match crate::admin::service()?.accounts().prove_password(id, &password, &actor).await {
        Err(service::Error::Forbidden(message)) => return Err(Error::ProofNeeded(Some(message))),
        answer => answer?,
    }
    crate::admin::browser()?.prove().await
}

/// Lets an owner view the app as another role, until they return to their own or the login ends.
#[server(endpoint = "own-account/see-as")]
pub async fn view_as(#[server(default)] role: String) -> Result<(), Error> {
    crate::admin::guard::<ViewAs>()?;
    let role = Role::from_name(&role).filter(|role| *role < Role::Owner);
    let role = role.ok_or_else(|| Error::field("role", "must be one of viewer, support and admin"))?;
    crate::admin::browser()?.view_as(Some(role)).await?;
    crate::http::address::go(crate::http::address::HOME);
    Ok(())
}

/// Returns to the owner's own role.
#[server(endpoint = "own-account/see-as-oneself")]
pub async fn view_as_self() -> Result<(), Error> {
    crate::admin::guard::<ViewAsSelf>()?;
    crate::admin::browser()?.view_as(None).await?;
    crate::http::address::go("/settings/accounts");
    Ok(())
}
