//! What a request brings along: who asks, from where, and the browser that asks.

use leptos::prelude::*;
use licensing::Role;
use uuid::Uuid;

mod browser;
pub use browser::{Browser, Doing};

/// Who asks, and how. The server provides it for every request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    /// Whoever is signed in.
    pub account: Option<SignedIn>,
    /// Light or dark.
    pub theme: Theme,
    /// The vendor's name, once it is known; stands at the top of every page.
    pub provider: Option<String>,
    /// The id of the request in the log.
    pub request_id: String,
    /// Whether passwords open nothing here: owners may turn local sign-in off.
    pub passwords_off: bool,
    /// Whether the settings hide the e-mail addresses of others from whoever is signed in.
    pub hides_emails: bool,
    /// How many seats whoever is signed in may take away within a day, where that is limited.
    pub releases_per_day: Option<u32>,
    /// The address that asks, for the audit log.
    pub address: Option<String>,
}

/// The account that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Its id.
    pub id: Uuid,
    /// The person's name.
    pub name: String,
    /// What it may do now.
    pub role: Role,
    /// The role that it really has, while an owner looks at things as another.
    pub really: Option<Role>,
}

impl SignedIn {
    /// The name under which an act is written down: `Ingrid Lund`, `Ingrid Lund (as support)`.
    pub fn acts_as(&self) -> String {
        match self.really {
            Some(_) => format!("{} (as {})", self.name, self.role.name()),
            None => self.name.clone(),
        }
    }
}

impl From<service::SignedIn> for SignedIn {
    fn from(service::SignedIn { id, name, role }: service::SignedIn) -> Self {
        Self { id, name, role, really: None }
    }
}

/// Another way in than ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherDoor {
    /// The identity provider's name in addresses.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Who it is in what it signs, `iss`.
    pub issuer: String,
}

/// The identity providers of the settings. The server provides them with every request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doors {
    /// A button each.
    pub others: Vec<OtherDoor>,
    /// Where their pages are, for the policy of ours.
    pub origins: Vec<String>,
}

/// Why somebody who came from an identity provider is not in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// In a few words.
    pub title: String,
    /// What there is to know, a paragraph each.
    pub words: Vec<String>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The name of the cookie that keeps the choice.
    pub const COOKIE: &str = "theme";
    /// Every theme, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in the cookie, the form and `data-theme`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that [`name`](Self::name); the system's for any other word.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default()
    }

    /// What a `Cookie` header says.
    pub fn from_cookies(header: &str) -> Self {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == Self::COOKIE).then(|| Self::from_name(value)))
            .unwrap_or_default()
    }
}

/// The visitor of the request, in reads and acts alike. Anonymous if the server provided none.
pub fn visitor() -> Visitor {
    use_context().unwrap_or_default()
}
