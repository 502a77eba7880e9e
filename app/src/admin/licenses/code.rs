//! Showing a license's whole code, once.

use leptos::prelude::*;
use licensing::terms::{Devices, EmailTerm, SignIn};
use service::{Service, store::licenses::LicenseRow};
use uuid::Uuid;

use crate::{Error, admin::ReadName};

/// A whole code, to be shown once. No other data of a page contains one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The code.
    pub code: String,
    /// `true` if the license was just created, so that its code is shown for the first time.
    pub fresh: bool,
    /// The server's public address, for the command that tries the code.
    pub server: String,
    /// The e-mail address that the command has to send, if the terms require one.
    pub email: Option<String>,
    /// `true` if the terms require a user who is signed in at an identity provider.
    pub signs_in: bool,
    /// `true` if only pre-registered devices can activate.
    pub authorized_only: bool,
}

/// The key under which the browser keeps a code between the act and the page.
const SECRET: &str = "secret";

/// Keeps a license's code for the next time that this browser opens the license's page.
pub(super) async fn keep(id: Uuid, code: String, fresh: bool) -> Result<(), Error> {
    let kept = serde_json::to_string(&(id, code, fresh)).map_err(|_| Error::internal())?;
    crate::admin::browser()?.keep(SECRET, kept).await
}

pub const TAKE_CODE: ReadName = ReadName("licenses/secret");

/// Removes and returns the code that this browser keeps for the license; `None` afterwards.
pub async fn take_code(id: String) -> Result<Option<Secret>, Error> {
    crate::admin::guard_read(TAKE_CODE)?;
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    let Some(kept) = browser.kept(SECRET).await? else { return Ok(None) };
    let (of, code, fresh): (Uuid, String, bool) = serde_json::from_str(&kept).map_err(|_| Error::internal())?;
    if id.parse() != Ok(of) {
        return Ok(None);
    }
    browser.take(SECRET).await?;
    let row = service.licenses().license(of).await?;
    Ok(Some(secret_of(&service, &row, code, fresh)))
}

/// A license's code with the values that the command needs.
pub(in crate::admin) fn secret_of(service: &Service, row: &LicenseRow, code: String, fresh: bool) -> Secret {
    let terms = row.policy_terms.with(&row.license.overrides);
    let anybody = || "customer@example.com".to_owned();
    Secret {
        code,
        fresh,
        server: service.keys().issuer().to_owned(),
        email: (terms.email != EmailTerm::NotAsked).then(|| row.license.email.clone().unwrap_or_else(anybody)),
        signs_in: terms.sign_in != SignIn::NotAsked,
        authorized_only: terms.devices == Devices::Authorized,
    }
}

/// Shows a license's whole code on its page once more. This is recorded in the audit log.
#[server(endpoint = "licenses/reveal-code")]
pub async fn reveal_code(#[server(default)] id: String) -> Result<(), Error> {
    let actor = crate::admin::guard::<RevealCode>()?;
    let id = crate::admin::read_id(&id)?;
    let code = crate::admin::service()?.licenses().reveal_code(id, &actor).await?;
    keep(id, code, false).await?;
    crate::http::address::go(&format!("/licenses/{id}"));
    Ok(())
}

/// Gives a license a new code, and shows it on the license's page once. The old code no longer works.
#[server(endpoint = "licenses/reissue-code")]
pub async fn reissue_code(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), Error> {
    let actor = crate::admin::guard::<ReissueCode>()?;
    let id = crate::admin::read_id(&id)?;
    let code = crate::admin::service()?.licenses().reissue_code(id, &reason, &actor).await?;
    keep(id, code.written().to_owned(), false).await?;
    crate::http::done::Done::CodeReissued.at(&format!("/licenses/{id}"));
    Ok(())
}
