//! Addresses within the app.

use leptos::prelude::*;

/// Where to go when nothing better is known.
pub const HOME: &str = "/";

/// `to` if it is a path of our own, else [`HOME`]: it starts with a single `/`, is at most 512 bytes long, and holds
/// nothing but the visible characters of ASCII, and no `\`. Whatever came from outside passes through here before a
/// browser is sent there.
pub fn own(to: &str) -> &str {
    let own = to.len() <= 512
        && to.starts_with('/')
        && !to.starts_with("//")
        && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if own { to } else { HOME }
}

/// The query `old` with `key` set to `value`, or without it. Both keep the order of the rest; `""` or `?…`.
pub fn query_with(old: &str, key: &str, value: Option<&str>) -> String {
    let others = old
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(key))
        .map(str::to_owned);
    let pairs: Vec<_> = others.chain(value.map(|value| format!("{key}={}", escape(value)))).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// `text` as a value in a query: everything but letters, digits, `-`, `.`, `_` and `~` as `%XX`.
pub fn escape(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            said.push(char::from(byte));
        } else {
            said.push_str(&format!("%{byte:02X}"));
        }
    }
    said
}

/// What the query of the address in sight has under each of these keys; nothing where it has none.
pub fn query_values<const N: usize>(keys: [&'static str; N]) -> impl Fn() -> [String; N] + Copy + Send + Sync {
    let query = leptos_router::hooks::use_query_map();
    move || query.with(|query| keys.map(|key| query.get(key).unwrap_or_default()))
}

/// The address in sight: path and query.
pub fn here() -> Memo<String> {
    let url = leptos_router::hooks::use_url();
    Memo::new(move |_| url.with(|url| format!("{}{}", url.path(), query_of(url.search()))))
}

fn query_of(search: &str) -> String {
    query_with(search, "", None)
}

/// Ends an act, or the drawing of a page, by sending the browser to a path of our own.
pub fn go(to: &str) {
    leptos_axum::redirect(own(to));
}

/// Draws no page but sends the browser to another, with 303.
pub(crate) fn leave_for(to: &str) {
    go(to);
    crate::components::set_status(303);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_followed() {
        for good in ["/", "/licenses?q=a%20b&dialog=revoke", "/a//b", "/licenses/019ab2c4"] {
            assert_eq!(own(good), good);
        }
        let long = format!("/{}", "a".repeat(512));
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
    fn a_query_takes_one_key_and_keeps_the_rest() {
        assert_eq!(query_with("?q=a&dialog=x&p=2", "dialog", None), "?q=a&p=2");
        assert_eq!(query_with("q=a", "dialog", Some("revoke me")), "?q=a&dialog=revoke%20me");
        assert_eq!(query_with("?dialog=x", "dialog", None), "");
    }
}
