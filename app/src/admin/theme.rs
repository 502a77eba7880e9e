//! The theme: light, dark, or the system's.

use leptos::prelude::*;

use crate::Error;

/// Stores the choice in a cookie for a year. Any value but `light` and `dark` means the system's theme.
#[server(endpoint = "theme/choose")]
pub async fn choose_theme(#[server(default)] theme: String) -> Result<(), Error> {
    use crate::context::Theme;

    let theme = Theme::from_name(&theme).name();
    let secure = if super::browser()?.is_secure() { "; Secure" } else { "" };
    // By hand: with the crate `cookie`, these constants would take more lines.
    let cookie = format!("{}={theme}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}", Theme::COOKIE);
    let response = use_context::<leptos_axum::ResponseOptions>().ok_or_else(Error::internal)?;
    let value = http::HeaderValue::from_str(&cookie).map_err(|_| Error::internal())?;
    response.append_header(http::header::SET_COOKIE, value);
    Ok(())
}
