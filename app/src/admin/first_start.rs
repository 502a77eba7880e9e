//! The first start: the link in the terminal, traded for the owner's account.

use leptos::prelude::*;

use crate::{Error, admin::ReadName};

/// Where this browser stands with the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstStartState {
    /// It brought a good link: it may make the owner's account.
    Ready,
    /// Its link is unknown, used or too old.
    StaleLink,
    /// There is an owner: the first start is over.
    Over,
}

/// The key under which the browser keeps the link's token.
const SETUP: &str = "setup";

pub const FIRST_START: ReadName = ReadName("first-start/state");

/// Where this browser stands. A token that comes with the address is kept for this browser, and the address without it
/// follows: secrets do not stay where logs and histories see them.
pub async fn first_start(token: Option<String>) -> Result<FirstStartState, Error> {
    use service::SetupLink;

    crate::admin::guard_open(FIRST_START)?;
    let (service, browser) = (super::service()?, super::browser()?);
    if service.has_owner().await? {
        return Ok(FirstStartState::Over);
    }
    if let Some(token) = token {
        if service.setup_link(&token).await? == SetupLink::Good {
            browser.keep(SETUP, token).await?;
        }
        crate::address::leave_for("/first-start");
    }
    match browser.kept(SETUP).await? {
        Some(token) if service.setup_link(&token).await? == SetupLink::Good => Ok(FirstStartState::Ready),
        _ => Ok(FirstStartState::StaleLink),
    }
}

/// Makes the owner's account and notes who the vendor is; then the owner is signed in.
#[server(endpoint = "first-start/create-owner")]
pub async fn create_owner(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] provider_name: String,
    #[server(default)] provider_email: String,
) -> Result<(), Error> {
    let (service, browser) = (super::service()?, super::browser()?);
    let token = browser.kept(SETUP).await?.unwrap_or_default();
    let owner = service::NewOwner { name, email, password, provider_name, provider_email };
    let account = service.set_up(&token, owner, super::origin()).await?;
    browser.sign_in(account.id).await?;
    crate::done::Done::OwnerCreated.at("/");
    Ok(())
}
