//! Light, dark, or as the system has it.

use leptos::prelude::*;

use crate::Error;

/// Keeps the choice in a cookie for a year. Any word but `light` and `dark` means the system's.
#[server(endpoint = "theme/choose")]
pub async fn choose_theme(#[server(default)] theme: String) -> Result<(), Error> {
    use crate::context::Theme;

    let theme = Theme::from_name(&theme).name();
    let secure = if super::browser()?.is_secure() { "; Secure" } else { "" };
    let cookie = format!("{}={theme}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}", Theme::COOKIE);
    let response = use_context::<leptos_axum::ResponseOptions>().ok_or_else(Error::internal)?;
    let value = http::HeaderValue::from_str(&cookie).map_err(|_| Error::internal())?;
    response.append_header(http::header::SET_COOKIE, value);
    Ok(())
}
