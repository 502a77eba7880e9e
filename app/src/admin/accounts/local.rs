//! The ways to sign in: with a password, at an identity provider, or both.

use leptos::prelude::*;

use crate::{
    Error,
    admin::{ReadName, guard, guard_read, service},
    http::done::Done,
};

/// The ways to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaysIn {
    /// `true` if passwords are accepted.
    pub local: bool,
    /// The identity providers of the settings.
    pub providers: Vec<ProviderLine>,
    /// The names of the owners who can sign in at one of them.
    pub owners: Vec<String>,
    /// `true` if the user is one of those owners.
    pub own: bool,
}

/// An identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderLine {
    /// The display name on the button.
    pub name: String,
    /// The issuer: the `iss` of its tokens.
    pub issuer: String,
}

pub const FIND_WAYS_IN: ReadName = ReadName("ways-in");

/// The ways to sign in.
pub async fn find_ways_in() -> Result<WaysIn, Error> {
    let actor = guard_read(FIND_WAYS_IN)?;
    let service = service()?;
    let providers = use_context::<crate::http::context::SignInProviders>().unwrap_or_default().others;
    let all = service.local_sign_in().owners_at_providers().await?;
    let rows = service.store().read().await?.on().accounts(service.clock().now()).await?;
    let owners = rows.into_iter().map(|row| row.account).filter(|account| all.contains(&account.id));
    Ok(WaysIn {
        local: service.local_sign_in().is_on().await?,
        providers: providers.into_iter().map(|one| ProviderLine { name: one.name, issuer: one.issuer }).collect(),
        owners: owners.map(|owner| owner.name).collect(),
        own: actor.id().is_some_and(|own| all.contains(&own)),
    })
}

/// Turns local sign-in off: passwords are no longer accepted.
#[server(endpoint = "ways-in/turn-local-off")]
pub async fn turn_local_off(#[server(default)] reason: String) -> Result<(), Error> {
    let actor = guard::<TurnLocalOff>()?;
    service()?.local_sign_in().turn_off(&reason, &actor).await?;
    Done::LocalSignInOff.at("/settings/sign-in");
    Ok(())
}

/// Turns local sign-in on again.
#[server(endpoint = "ways-in/turn-local-on")]
pub async fn turn_local_on() -> Result<(), Error> {
    let actor = guard::<TurnLocalOn>()?;
    service()?.local_sign_in().turn_on(&actor).await?;
    Done::LocalSignInOn.at("/settings/sign-in");
    Ok(())
}
