//! Logins: the browsers in which accounts are signed in.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use crate::{Error, admin::ReadName};

/// Logins, the most recently seen first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logins {
    /// The logins.
    pub logins: Vec<LoginLine>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginLine {
    /// The id by which the login is ended; not a secret.
    pub id: Option<Uuid>,
    /// The account's id.
    pub account: Option<Uuid>,
    /// The person's name.
    pub name: String,
    /// The time of the sign-in.
    pub since: DateTime<Utc>,
    /// The approximate time of the last request.
    pub seen: DateTime<Utc>,
    /// The client's IP address.
    pub address: Option<String>,
    /// The browser and the system, as far as they are known.
    pub browser: String,
    /// `true` if it is the login of this request.
    pub this: bool,
}

pub const OWN_LOGINS: ReadName = ReadName("logins/own");

/// The user's own logins.
pub async fn own_logins() -> Result<Logins, Error> {
    let actor = super::guard_read(OWN_LOGINS)?;
    listed(actor.id()).await
}

pub const ALL_LOGINS: ReadName = ReadName("logins/all");

/// The logins of all accounts.
pub async fn all_logins() -> Result<Logins, Error> {
    super::guard_read(ALL_LOGINS)?;
    listed(None).await
}

/// Ends one login: the user's own, or, as an owner and with a reason, any other.
#[server(endpoint = "logins/end")]
pub async fn end_login(
    #[server(default)] id: String,
    #[server(default)] all: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = super::guard::<EndLogin>()?;
    super::service()?.accounts().end_login_of_id(super::read_id(&id)?, &reason, &actor).await?;
    let page = if all.is_empty() { "/settings/logins" } else { "/settings/all-logins" };
    crate::http::done::Done::LoginEnded.at(page);
    Ok(())
}

/// Ends all of the user's logins except this one.
#[server(endpoint = "logins/end-others")]
pub async fn end_other_logins() -> Result<(), Error> {
    let actor = super::guard::<EndOtherLogins>()?;
    let own = super::browser()?.login_id().await?;
    let account = actor.id().ok_or(Error::NotFound)?;
    super::service()?.accounts().end_logins_of(account, own, "", &actor).await?;
    crate::http::done::Done::LoginsEnded.at("/settings/logins");
    Ok(())
}

async fn listed(of: Option<Uuid>) -> Result<Logins, Error> {
    let (service, own) = (super::service()?, super::browser()?.login_id().await?);
    let logins = service.identity().logins(of).await?.into_iter().map(|row| LoginLine::of(row, own)).collect();
    Ok(Logins { logins, now: service.clock().now() })
}

impl LoginLine {
    /// Converts a row; `own` is the id of this request's login.
    pub(super) fn of(row: service::LoginRow, own: Option<Uuid>) -> Self {
        Self {
            this: row.id.is_some() && row.id == own,
            id: row.id,
            account: row.account_id,
            name: row.name,
            since: row.created_at,
            seen: row.seen_at.unwrap_or(row.created_at),
            address: row.address,
            browser: row.agent.as_deref().map_or_else(|| "Unknown browser".to_owned(), display_name),
        }
    }
}

/// The common name of a browser, from its `User-Agent`: `Firefox on Linux`. Only a hint, since clients may send any
/// text.
fn display_name(agent: &str) -> String {
    let named = |all: &[(&str, &'static str)]| all.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name);
    let browser = named(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = named(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::display_name;

    #[test]
    fn a_browser_is_called_by_its_name_and_system() {
        for (agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0",
                "Edge on Windows",
            ),
            ("curl/8.5.0", "curl/8.5.0"),
        ] {
            assert_eq!(display_name(agent), name);
        }
    }
}
