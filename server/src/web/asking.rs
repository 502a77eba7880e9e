//! The browser that sent a request, and the visitor behind its login.

use app::http::context::{LicenseColumns, Theme, Visitor};
use http::{HeaderMap, header::USER_AGENT};
use licensing::Role;
use service::{Origin, SignedIn};

use crate::{
    AppState,
    web::{cookies::read_cookie, logins::Login},
};

/// Maximum length of the stored user agent, in characters.
const LONGEST_AGENT: usize = 200;

/// Facts about the browser that sent a request, whether or not a user is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) address: Option<String>,
    pub(crate) agent: Option<String>,
    request_id: String,
    theme: Theme,
    columns: LicenseColumns,
}

impl Asking {
    pub(crate) fn of(headers: &HeaderMap, origin: Origin) -> Self {
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        Self {
            address: origin.address,
            agent: agent.map(|agent| agent.chars().take(LONGEST_AGENT).collect()),
            request_id: origin.request_id.unwrap_or_default(),
            theme: read_cookie(headers, Theme::COOKIE).map(Theme::from_name).unwrap_or_default(),
            columns: read_cookie(headers, LicenseColumns::COOKIE).map(LicenseColumns::read).unwrap_or_default(),
        }
    }

    /// Returns the origin for the audit log.
    pub(crate) fn origin(&self) -> Origin {
        Origin { address: self.address.clone(), request_id: Some(self.request_id.clone()) }
    }
}

/// Returns the visitor for this login, and `true` if its account exists and may sign in.
pub(crate) async fn see(
    state: &AppState,
    login: Option<&Login>,
    asking: &Asking,
) -> Result<(Visitor, bool), service::Error> {
    let provider = state.service.vendor().provider().await?;
    let account = match login {
        Some(login) => state.service.accounts().signed_in(login.account).await?,
        None => None,
    };
    let known = account.is_some();
    let account = account.map(|account| seen_as(account, login.and_then(|login| login.seen_as)));
    let supports = account.as_ref().is_some_and(|account| account.role == Role::Support);
    let views = account.as_ref().is_some_and(|account| account.role == Role::Viewer);
    let visitor = Visitor {
        account,
        passwords_off: !state.service.local_sign_in().is_on().await?,
        hides_emails: state.config.hide_emails_from_viewers && views,
        revocations_per_day: state.config.support_releases_per_day.filter(|_| supports),
        theme: asking.theme,
        columns: asking.columns.clone(),
        provider: Some(provider.name.clone()).filter(|name| !name.is_empty()),
        request_id: asking.request_id.clone(),
        address: asking.address.clone(),
    };
    Ok((visitor, known))
}

/// Returns the account, with the lower role as which an owner views the app. Other accounts, and higher roles, are
/// unaffected.
fn seen_as(account: SignedIn, wanted: Option<Role>) -> app::http::context::CurrentAccount {
    let own = account.role;
    let mut seen = app::http::context::CurrentAccount::from(account);
    if let Some(role) = wanted.filter(|role| own == Role::Owner && *role < own) {
        seen.role = role;
        seen.really = Some(own);
    }
    seen
}
