//! Signing in and out.

use leptos::prelude::*;

use crate::{
    Error,
    admin::ReadName,
    http::context::{ProviderLink, SignInNotice},
};

/// The sign-in page's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInOptions {
    /// `true` if there is an owner. Before that, nobody can sign in.
    pub has_owner: bool,
    /// `true` if passwords are accepted.
    pub local: bool,
    /// The identity providers.
    pub others: Vec<ProviderLink>,
    /// The explanation of a failed sign-in at one of the providers.
    pub notice: Option<SignInNotice>,
}

pub const SIGN_IN_OPTIONS: ReadName = ReadName("sign-in/door");

/// The sign-in page's data.
pub async fn sign_in_options() -> Result<SignInOptions, Error> {
    crate::admin::guard_open(SIGN_IN_OPTIONS)?;
    let others = use_context::<crate::http::context::SignInProviders>().unwrap_or_default().others;
    let service = super::service()?;
    let (has_owner, local) = (service.accounts().has_owner().await?, service.local_sign_in().is_on().await?);
    Ok(SignInOptions { has_owner, local, others, notice: use_context() })
}

/// Signs in with a local account, and redirects to `to`.
#[server(endpoint = "sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] to: String,
) -> Result<(), Error> {
    let browser = super::browser()?;
    let device = browser.known_device();
    let account =
        match super::service()?.identity().sign_in(&email, &password, device.as_deref(), super::origin()).await {
            Err(service::Error::Forbidden(message)) => return Err(Error::field("password", message)),
            answer => answer?,
        };
    browser.sign_in(account.id).await?;
    crate::http::address::go(&to);
    Ok(())
}

/// Ends the login.
#[server(endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), Error> {
    let on = super::browser()?.sign_out().await?;
    crate::http::address::go(on.unwrap_or("/sign-in"));
    Ok(())
}
