//! The context of a request: the visitor, their address and their browser.

use leptos::prelude::*;
use licensing::Role;
use uuid::Uuid;

mod browser;
mod columns;
pub use browser::{Browser, Doing};
pub use columns::{LicenseColumn, LicenseColumns};

/// The visitor, and the settings that apply to them. The server provides it with every request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    /// The signed-in account; `None` if nobody is signed in.
    pub account: Option<CurrentAccount>,
    /// Light or dark theme.
    pub theme: Theme,
    /// The columns of the list of licenses.
    pub columns: LicenseColumns,
    /// The vendor's name, shown at the top of every page; `None` until it is set.
    pub provider: Option<String>,
    /// The request's id in the log.
    pub request_id: String,
    /// `true` if an owner has turned local sign-in off, so that passwords are not accepted.
    pub passwords_off: bool,
    /// `true` if the settings hide other people's e-mail addresses from this account.
    pub hides_emails: bool,
    /// The number of seats that this account may take per day; `None` if that is not limited.
    pub revocations_per_day: Option<u32>,
    /// The client's IP address, for the audit log.
    pub address: Option<String>,
}

/// A signed-in account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentAccount {
    /// The account's id.
    pub id: Uuid,
    /// The person's name.
    pub name: String,
    /// The role that applies now.
    pub role: Role,
    /// The account's own role, while an owner views the app as another role; otherwise `None`.
    pub really: Option<Role>,
}

impl CurrentAccount {
    /// The person with the role that applies now. The name is the one for the audit log: `Ingrid Lund`,
    /// `Ingrid Lund (as support)`.
    pub fn person(&self) -> service::SignedIn {
        let name = match self.really {
            Some(_) => format!("{} (as {})", self.name, self.role.name()),
            None => self.name.clone(),
        };
        service::SignedIn { id: self.id, name, role: self.role }
    }
}

impl From<service::SignedIn> for CurrentAccount {
    fn from(service::SignedIn { id, name, role }: service::SignedIn) -> Self {
        Self { id, name, role, really: None }
    }
}

/// An identity provider of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderLink {
    /// The provider's id in addresses.
    pub id: String,
    /// The provider's display name.
    pub name: String,
    /// The provider's issuer: the `iss` of the tokens that it signs.
    pub issuer: String,
}

/// The identity providers of the settings. The server provides them with every request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInProviders {
    /// The providers. Each has a button on the sign-in page.
    pub others: Vec<ProviderLink>,
    /// Origins of the providers' pages, which our Content-Security-Policy allows as form targets.
    pub origins: Vec<String>,
}

/// The explanation of a failed sign-in at an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInNotice {
    /// A short title.
    pub title: String,
    /// The text, one paragraph each.
    pub paragraphs: Vec<String>,
}

/// The path of the page whose form called an act. The server provides it with every form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPage(pub String);

/// Light or dark theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Follows the system's setting.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Name of the cookie that stores the choice.
    pub const COOKIE: &str = "theme";
    /// Every theme, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value in the cookie, the form and `data-theme`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme with this [`name`](Self::name); [`System`](Self::System) for any other text.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default()
    }

    /// Reads the theme from a `Cookie` header; [`System`](Self::System) if it has none.
    pub fn from_cookies(header: &str) -> Self {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == Self::COOKIE).then(|| Self::from_name(value)))
            .unwrap_or_default()
    }
}

/// The visitor of the current request, for reads and acts alike. Anonymous if the server provided none.
pub fn visitor() -> Visitor {
    use_context().unwrap_or_default()
}
