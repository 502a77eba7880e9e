//! The tabs of a license's page.

use uuid::Uuid;

use crate::http::context::FormPage;

/// A tab of a license's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LicenseTab {
    /// Its devices, with everything that decides over them.
    #[default]
    Devices,
    /// Decisions and events.
    Activity,
    /// The terms and the feature values in effect.
    Terms,
    /// The team's notes.
    Notes,
}

impl LicenseTab {
    /// Every tab, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Devices, Self::Activity, Self::Terms, Self::Notes];

    /// The tab's label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Devices => "Devices",
            Self::Activity => "Activity",
            Self::Terms => "Terms",
            Self::Notes => "Notes",
        }
    }

    /// The tab's path on the page of this license.
    pub fn path(self, license: Uuid) -> String {
        let tab = match self {
            Self::Devices => "",
            Self::Activity => "/activity",
            Self::Terms => "/terms",
            Self::Notes => "/notes",
        };
        format!("/licenses/{license}{tab}")
    }
}

/// The page that an act on a license leads to: the tab whose form called it, or else the first.
pub(super) fn page_of(license: Uuid) -> String {
    let from = leptos::prelude::use_context::<FormPage>();
    let mut tabs = LicenseTab::ALL.into_iter().map(|tab| tab.path(license));
    let from = from.and_then(|FormPage(from)| tabs.find(|tab| *tab == from));
    from.unwrap_or_else(|| LicenseTab::default().path(license))
}
