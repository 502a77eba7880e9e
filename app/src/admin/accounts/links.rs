//! Links that are good once: shown to the owner who makes one, and opened by the person it is for.

use leptos::prelude::*;
use licensing::Role;
use uuid::Uuid;

use crate::{Error, admin::ReadName};

/// What a browser that brought a link may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkStanding {
    /// Make an account for this address.
    Invitation {
        /// The address that was invited.
        email: String,
        /// What they come in as.
        role: Role,
    },
    /// Set the password of this account.
    Password {
        /// The person's name.
        name: String,
        /// The address they sign in with.
        email: String,
    },
    /// Nothing: the link is unknown, used, withdrawn or too old.
    Stale,
}

/// The key under which an owner's browser keeps a link between the act and the page.
const MADE: &str = "link";
/// The key under which the browser of whoever opened a link keeps its token.
const BROUGHT: &str = "door";

/// Keeps a link for the next page that this browser opens of what it is for.
pub(super) async fn keep(of: Uuid, token: String) -> Result<(), Error> {
    let kept = serde_json::to_string(&(of, token)).map_err(|_| Error::internal())?;
    crate::admin::browser()?.keep(MADE, kept).await
}

pub const TAKE_LINK: ReadName = ReadName("accounts/take-link");

/// Gives out the link that this browser was promised, and forgets it: the id of what it is for, and the whole address.
/// `None` afterwards, and where it is for something else than `of`, if that is given.
pub async fn take_link(of: String) -> Result<Option<(String, String)>, Error> {
    crate::admin::guard_read(TAKE_LINK)?;
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    let Some(kept) = browser.kept(MADE).await? else { return Ok(None) };
    let (id, token): (Uuid, String) = serde_json::from_str(&kept).map_err(|_| Error::internal())?;
    if !of.is_empty() && of.parse() != Ok(id) {
        return Ok(None);
    }
    browser.take(MADE).await?;
    Ok(Some((id.to_string(), format!("{}/link?token={token}", service.issuer()))))
}

pub const LINK_STATE: ReadName = ReadName("link/state");

/// Where this browser stands with a link. A token that comes with the address is kept for this browser, and the address
/// without it follows: secrets do not stay where logs and histories see them.
pub async fn link_state(token: Option<String>) -> Result<LinkStanding, Error> {
    use service::AccountLink;

    crate::admin::guard_open(LINK_STATE)?;
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    if let Some(token) = token {
        if service.account_link(&token).await? != AccountLink::Stale {
            browser.keep(BROUGHT, token).await?;
        }
        crate::address::leave_for("/link");
    }
    let Some(token) = browser.kept(BROUGHT).await? else { return Ok(LinkStanding::Stale) };
    Ok(match service.account_link(&token).await? {
        AccountLink::Invitation { email, role } => LinkStanding::Invitation { email, role },
        AccountLink::Password { name, email } => LinkStanding::Password { name, email },
        AccountLink::Stale => LinkStanding::Stale,
    })
}

/// Makes the account of whoever was invited, who is signed in then.
#[server(endpoint = "link/take-invitation")]
pub async fn take_invitation(
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<(), Error> {
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    let token = browser.kept(BROUGHT).await?.unwrap_or_default();
    let form = service::NewAccount { name, password };
    let account = service.take_invitation(&token, form, crate::admin::origin()).await?;
    browser.sign_in(account.id).await?;
    crate::address::go(crate::address::HOME);
    Ok(())
}

/// Sets the password of the account that the link is for; its person is signed in then, and nowhere else.
#[server(endpoint = "link/set-password")]
pub async fn set_password(#[server(default)] password: String) -> Result<(), Error> {
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    let token = browser.kept(BROUGHT).await?.unwrap_or_default();
    let account = service.set_password(&token, &password, crate::admin::origin()).await?;
    browser.sign_in(account.id).await?;
    crate::address::go(crate::address::HOME);
    Ok(())
}
