//! Addresses within the app.

use leptos::prelude::*;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::http::status::set_status;

/// The path to go to when no better one is known.
pub const HOME: &str = "/";

/// Maximum length of an address to return to, in bytes: enough for the licenses that are selected on a page of the list.
const LONGEST: usize = 6 * 1024;
/// Maximum length of an address that a list is filtered by, or that a cookie has to hold, in bytes.
pub const LONGEST_SHORT: usize = 512;

/// Returns `to` if it is a path of this app, else [`HOME`]. Such a path starts with a single `/`, is at most 6 KiB long,
/// and holds only visible ASCII characters and no `\`. Every path that comes from outside passes through here before a
/// browser is redirected to it.
pub fn own(to: &str) -> &str {
    let own = to.len() <= LONGEST
        && to.starts_with('/')
        && !to.starts_with("//")
        && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if own { to } else { HOME }
}

/// The same for an address that a cookie has to hold: one that is too long loses its query.
pub fn own_short(to: &str) -> &str {
    let to = own(to);
    if to.len() <= LONGEST_SHORT {
        return to;
    }
    let path = to.split('?').next().unwrap_or_default();
    if path.len() <= LONGEST_SHORT { path } else { HOME }
}

/// Sets `key` to `value` in the query `old`, or removes it if `value` is `None`. The other pairs keep their order.
/// Returns `""` or `?…`.
pub fn query_with(old: &str, key: &str, value: Option<&str>) -> String {
    let others = old
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(key))
        .map(str::to_owned);
    let pairs: Vec<_> = others.chain(value.map(|value| format!("{key}={}", escape(value)))).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// Query key of the page to open after signing in.
pub(crate) const TO: &str = "to";

/// Query key and form field of what a form leads to, and its value while a license is wanted that needs a product and a
/// policy first.
pub(crate) const WANTED: &str = "wanted";
pub(crate) const LICENSE_WANTED: &str = "license";

/// Returns `true` if the address says that a license is wanted.
pub(crate) fn is_license_wanted() -> bool {
    leptos_router::hooks::use_url().with_untracked(|url| url.search_params().get_str(WANTED) == Some(LICENSE_WANTED))
}

/// Returns the address of the sign-in page, from which signing in leads back to `here`.
pub fn sign_in_address(here: &str) -> String {
    match here {
        HOME => "/sign-in".to_owned(),
        _ => format!("/sign-in{}", query_with("", TO, Some(here))),
    }
}

/// Characters that a value in a query does not contain: all but ASCII letters, digits, `-`, `.`, `_` and `~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes `text` as a value in a query (RFC 3986 §2.3).
pub fn escape(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The values of these keys in the query of the current address; an empty string for each that is missing.
pub fn query_values<const N: usize>(keys: [&'static str; N]) -> impl Fn() -> [String; N] + Copy + Send + Sync {
    let query = leptos_router::hooks::use_query_map();
    move || query.with(|query| keys.map(|key| query.get(key).unwrap_or_default()))
}

/// The current address: path and query.
pub fn here() -> Memo<String> {
    let url = leptos_router::hooks::use_url();
    Memo::new(move |_| url.with(|url| format!("{}{}", url.path(), query_of(url.search()))))
}

fn query_of(search: &str) -> String {
    query_with(search, "", None)
}

/// Ends an act, or the rendering of a page, by redirecting the browser to a path of this app.
pub fn go(to: &str) {
    leptos_axum::redirect(own(to));
}

/// Renders no page, but redirects the browser to another with status 303.
pub(crate) fn leave_for(to: &str) {
    go(to);
    set_status(303);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_followed() {
        for good in ["/", "/licenses?q=a%20b&dialog=revoke", "/a//b", "/licenses/019ab2c4"] {
            assert_eq!(own(good), good);
        }
        let long = format!("/{}", "a".repeat(LONGEST));
        for evil in [
            "",
            "licenses",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nB: c",
            "\t/",
            "/ä",
            &long,
        ] {
            assert_eq!(own(evil), HOME, "{evil:?}");
        }
    }

    #[test]
    fn a_long_path_for_a_cookie_loses_its_query() {
        let (query, path) = (format!("/licenses?{}", "a".repeat(512)), format!("/{}", "a".repeat(512)));
        for (to, short) in [("/licenses?q=a", "/licenses?q=a"), (&query, "/licenses"), (&path, HOME), ("//evil", HOME)]
        {
            assert_eq!(own_short(to), short);
        }
    }

    #[test]
    fn a_query_takes_one_key_and_keeps_the_rest() {
        assert_eq!(query_with("?q=a&dialog=x&p=2", "dialog", None), "?q=a&p=2");
        assert_eq!(query_with("q=a", "dialog", Some("revoke me")), "?q=a&dialog=revoke%20me");
        assert_eq!(query_with("?dialog=x", "dialog", None), "");
    }
}
