//! Preferences of a browser, which it keeps in cookies.

use leptos::prelude::*;

use crate::Error;

/// Stores the value in a cookie for a year. It must consist of letters, digits, `.` and `_`.
pub(super) fn keep(name: &str, value: &str) -> Result<(), Error> {
    let secure = if super::browser()?.is_secure() { "; Secure" } else { "" };
    // By hand: with the crate `cookie`, these constants would take more lines.
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}");
    let response = use_context::<leptos_axum::ResponseOptions>().ok_or_else(Error::internal)?;
    let value = http::HeaderValue::from_str(&cookie).map_err(|_| Error::internal())?;
    response.append_header(http::header::SET_COOKIE, value);
    Ok(())
}
