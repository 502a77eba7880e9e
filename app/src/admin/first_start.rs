//! The first start: the owner's account is created with the link from the terminal.

use leptos::prelude::*;

use crate::{Error, admin::ReadName};

/// The browser's progress in the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstStartState {
    /// The browser has a valid link and may create the owner's account.
    Ready,
    /// The link is unknown, used or expired.
    StaleLink,
    /// An owner exists: the first start is over.
    Over,
}

/// The key under which the browser keeps the link's token.
const SETUP: &str = "setup";

pub const FIRST_START: ReadName = ReadName("first-start/state");

/// Returns the browser's progress. A token in the address is moved to this browser's cookies and redirected to the
/// address without it, so that no log or history keeps the secret.
pub async fn first_start(token: Option<String>) -> Result<FirstStartState, Error> {
    use service::SetupLink;

    crate::admin::guard_open(FIRST_START)?;
    let (service, browser) = (super::service()?, super::browser()?);
    if service.accounts().has_owner().await? {
        return Ok(FirstStartState::Over);
    }
    if let Some(token) = token {
        if service.accounts().setup_link(&token).await? == SetupLink::Good {
            browser.keep(SETUP, token).await?;
        }
        crate::http::address::leave_for("/first-start");
    }
    match browser.kept(SETUP).await? {
        Some(token) if service.accounts().setup_link(&token).await? == SetupLink::Good => Ok(FirstStartState::Ready),
        _ => Ok(FirstStartState::StaleLink),
    }
}

/// Creates the owner's account and the vendor's profile, and signs the owner in.
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
    let account = service.accounts().set_up(&token, owner, super::origin()).await?;
    browser.sign_in(account.id).await?;
    crate::http::done::Done::OwnerCreated.at("/");
    Ok(())
}
