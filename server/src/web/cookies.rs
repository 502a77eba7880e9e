//! Cookies of requests and responses.

use http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};
use licensing::Span;
use tower_sessions::cookie::{Cookie, SameSite, time::Duration};

/// Returns the value of the request's cookie with that name.
pub(crate) fn read_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    cookies(headers).find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// Yields the request's cookies as name and value (RFC 6265 §4.2.1).
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// Sets a cookie that no script can read. A lifetime of zero deletes it; without one, it ends with the browser.
pub(crate) fn set_cookie(headers: &mut HeaderMap, (name, value): (&str, &str), lifetime: Option<Span>, secure: bool) {
    // Lax: the cookie must be sent when a provider redirects the browser back (RFC 6265bis §5.6.7.1).
    let cookie = Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Lax).secure(secure);
    let mut cookie = cookie.build();
    cookie.set_max_age(lifetime.map(|span| Duration::seconds(span.as_seconds().try_into().unwrap_or(i64::MAX))));
    if let Ok(header) = HeaderValue::try_from(cookie.to_string()) {
        headers.append(SET_COOKIE, header);
    }
}
