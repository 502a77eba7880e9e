//! The theme: light, dark, or the system's.

use leptos::prelude::*;

use super::preference;
use crate::{Error, http::context::Theme};

/// Stores the choice in this browser. Any value but `light` and `dark` means the system's theme.
#[server(endpoint = "theme/choose")]
pub async fn choose_theme(#[server(default)] theme: String) -> Result<(), Error> {
    preference::keep(Theme::COOKIE, Theme::from_name(&theme).name())
}
