//! The one moment in which a whole code is shown.

use leptos::prelude::*;
use {
    licensing::terms::{Devices, EmailTerm, SignIn},
    uuid::Uuid,
};

use crate::{Error, admin::ReadName};

/// A whole code, to be shown once. Nothing else that a page gets holds one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The code.
    pub code: String,
    /// Whether the license was made just now, so that its code is shown for the first time.
    pub fresh: bool,
    /// This server's public address, for the command that tries the code.
    pub server: String,
    /// The address that the command has to send, where the terms ask for one.
    pub email: Option<String>,
    /// Whether the terms ask for somebody who is signed in at an identity provider.
    pub signs_in: bool,
    /// Whether only devices activate that were entered beforehand.
    pub authorized_only: bool,
}

/// The key under which the browser keeps a code between the act and the page.
const SECRET: &str = "secret";

/// Keeps the code of a license for the next page that this browser opens of it.
pub(super) async fn keep(id: Uuid, code: String, fresh: bool) -> Result<(), Error> {
    let kept = serde_json::to_string(&(id, code, fresh)).map_err(|_| Error::internal())?;
    crate::admin::browser()?.keep(SECRET, kept).await
}

pub const TAKE_SECRET: ReadName = ReadName("licenses/secret");

/// Gives out the code that this browser was promised for the license, and forgets it. `None` afterwards.
pub async fn take_secret(id: String) -> Result<Option<Secret>, Error> {
    crate::admin::guard_read(TAKE_SECRET)?;
    let (service, browser) = (crate::admin::service()?, crate::admin::browser()?);
    let Some(kept) = browser.kept(SECRET).await? else { return Ok(None) };
    let (of, code, fresh): (Uuid, String, bool) = serde_json::from_str(&kept).map_err(|_| Error::internal())?;
    if id.parse() != Ok(of) {
        return Ok(None);
    }
    browser.take(SECRET).await?;
    let row = service.license(of).await?;
    let terms = row.policy_terms.with(&row.license.overrides);
    let anybody = || "customer@example.com".to_owned();
    Ok(Some(Secret {
        code,
        fresh,
        server: service.issuer().to_owned(),
        email: (terms.email != EmailTerm::NotAsked).then(|| row.license.email.unwrap_or_else(anybody)),
        signs_in: terms.sign_in != SignIn::NotAsked,
        authorized_only: terms.devices == Devices::Authorized,
    }))
}

/// Shows the whole code of a license on its page, once more. That is an event.
#[server(endpoint = "licenses/reveal-code")]
pub async fn reveal_code(#[server(default)] id: String) -> Result<(), Error> {
    let actor = crate::admin::guard::<RevealCode>()?;
    let id = crate::admin::read_id(&id)?;
    let code = crate::admin::service()?.reveal_code(id, &actor).await?;
    keep(id, code, false).await?;
    crate::address::go(&format!("/licenses/{id}"));
    Ok(())
}

/// Gives a license a new code, and shows it on its page, once. The old one finds nothing any more.
#[server(endpoint = "licenses/reissue-code")]
pub async fn reissue_code(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), Error> {
    let actor = crate::admin::guard::<ReissueCode>()?;
    let id = crate::admin::read_id(&id)?;
    let code = crate::admin::service()?.reissue_code(id, &reason, &actor).await?;
    keep(id, code.written().to_owned(), false).await?;
    crate::done::Done::CodeReissued.at(&format!("/licenses/{id}"));
    Ok(())
}
