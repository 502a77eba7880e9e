//! Single-use links: shown to the owner who creates one, and opened by the invited or locked-out person.

use leptos::prelude::*;
use licensing::Role;
use uuid::Uuid;

use crate::{Error, admin::ReadName};

/// The purpose of a link that a browser opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkStanding {
    /// Create an account for this address.
    Invitation {
        /// The address that was invited.
        email: String,
        /// The account's role.
        role: Role,
    },
    /// Set the password of this account.
    Password {
        /// The person's name.
        name: String,
        /// The account's e-mail address.
        email: String,
    },
    /// The link is unknown, used, withdrawn or expired.
    Stale,
}

/// The key under which an owner's browser keeps a link between the act and the page.
const MADE: &str = "link";
/// The key under which the browser that opened a link keeps its token.
const BROUGHT: &str = "brought";

/// Keeps a link for the next page about its subject that this browser opens.
pub(super) async fn keep(of: Uuid, token: String) -> Result<(), Error> {
    let kept = serde_json::to_string(&(of, token)).map_err(|_| Error::internal())?;
    crate::admin::browser()?.keep(MADE, kept).await
}

pub const TAKE_LINK: ReadName = ReadName("accounts/take-link");

/// Removes and returns the link that this browser keeps: its subject's id, and the whole address. `None` afterwards,
/// and if `of` is given and names another subject.
pub async fn take_link(of: String) -> Result<Option<(String, String)>, Error> {
    crate::admin::guard_read(TAKE_LINK)?;
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    let Some(kept) = browser.kept(MADE).await? else { return Ok(None) };
    let (id, token): (Uuid, String) = serde_json::from_str(&kept).map_err(|_| Error::internal())?;
    if !of.is_empty() && of.parse() != Ok(id) {
        return Ok(None);
    }
    browser.take(MADE).await?;
    Ok(Some((id.to_string(), format!("{}/link?token={token}", service.keys().issuer()))))
}

pub const LINK_STATE: ReadName = ReadName("link/state");

/// Returns the purpose of this browser's link. A token in the address is moved to this browser's cookies and redirected
/// to the address without it, so that no log or history keeps the secret.
pub async fn link_state(token: Option<String>) -> Result<LinkStanding, Error> {
    use service::AccountLink;

    crate::admin::guard_open(LINK_STATE)?;
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    if let Some(token) = token {
        if service.accounts().account_link(&token).await? != AccountLink::Stale {
            browser.keep(BROUGHT, token).await?;
        }
        crate::http::address::leave_for("/link");
    }
    let Some(token) = browser.kept(BROUGHT).await? else { return Ok(LinkStanding::Stale) };
    Ok(match service.accounts().account_link(&token).await? {
        AccountLink::Invitation { email, role } => LinkStanding::Invitation { email, role },
        AccountLink::Password { name, email } => LinkStanding::Password { name, email },
        AccountLink::Stale => LinkStanding::Stale,
    })
}

/// Creates the account of an invited person and signs them in.
#[server(endpoint = "link/take-invitation")]
pub async fn take_invitation(
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<(), Error> {
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    let token = browser.kept(BROUGHT).await?.unwrap_or_default();
    let form = service::NewAccount { name, password };
    let account = service.accounts().take_invitation(&token, form, crate::admin::origin()).await?;
    browser.sign_in(account.id).await?;
    crate::http::address::go(crate::http::address::HOME);
    Ok(())
}

/// Sets the password of the link's account. Signs the person in, and ends all their other logins.
#[server(endpoint = "link/set-password")]
pub async fn set_password(#[server(default)] password: String) -> Result<(), Error> {
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    let token = browser.kept(BROUGHT).await?.unwrap_or_default();
    let account = service.accounts().set_password(&token, &password, crate::admin::origin()).await?;
    browser.sign_in(account.id).await?;
    crate::http::address::go(crate::http::address::HOME);
    Ok(())
}
