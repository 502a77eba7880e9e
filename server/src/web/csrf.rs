//! Protection against cross-site requests: another website cannot make a browser change anything here.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{
    HeaderMap, HeaderName, Method, StatusCode,
    header::{ORIGIN, REFERER},
};

use crate::{AppState, config::PublicUrl};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Answers 403 to every request that may change something and does not come from our own pages. The public API does not
/// pass here: it uses no cookies, and each call carries its own authorization.
pub(crate) async fn cross_site(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if allowed(request.method(), request.headers(), &state.config.public_url) {
        next.run(request).await
    } else {
        if state.service.may_warn() {
            tracing::warn!("a cross-site write was refused");
        }
        StatusCode::FORBIDDEN.into_response()
    }
}

/// Returns `true` if the request only reads, or comes from our own pages. A page cannot forge `Sec-Fetch-Site`. If a
/// browser does not send it, or a proxy drops it, every post still has `Origin`, which would be `null` under a
/// `Referrer-Policy` of `no-referrer`.
pub(super) fn allowed(method: &Method, headers: &HeaderMap, own: &PublicUrl) -> bool {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(method) {
        return true;
    }
    match headers.get(SEC_FETCH_SITE) {
        Some(site) => site == "same-origin",
        None => headers.get(ORIGIN).is_some_and(|origin| origin == own.as_str()),
    }
}

/// Returns `true` if a link on one of our own pages led here. A `GET` has no `Origin`. If `Sec-Fetch-Site` is missing,
/// `Referer` decides: our `Referrer-Policy` keeps it for our own URLs, and no other website can set it to one of them.
pub(crate) fn followed_from(headers: &HeaderMap, own: &PublicUrl) -> bool {
    match headers.get(SEC_FETCH_SITE) {
        Some(site) => site == "same-origin",
        None => {
            let referer = headers.get(REFERER).and_then(|referer| referer.to_str().ok());
            let path = referer.and_then(|referer| referer.strip_prefix(own.as_str()));
            path.is_some_and(|path| path.is_empty() || path.starts_with('/'))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn post(headers: &[(&'static str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        allowed(&Method::POST, &map, &PublicUrl::read("https://licenses.example.com").unwrap())
    }

    #[test]
    fn a_form_of_our_own_page_passes() {
        assert!(post(&[("sec-fetch-site", "same-origin")]));
        assert!(post(&[("origin", "https://licenses.example.com")]));
    }

    #[test]
    fn nothing_else_passes() {
        assert!(!post(&[]));
        assert!(!post(&[("origin", "null")]));
        assert!(!post(&[("origin", "https://licenses.example.com.evil.example")]));
        assert!(!post(&[("origin", "http://licenses.example.com")]));
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(!post(&[("sec-fetch-site", site), ("origin", "https://licenses.example.com")]), "{site}");
        }
    }

    #[test]
    fn a_link_of_our_own_page_is_told_from_anothers() {
        let own = PublicUrl::read("https://licenses.example.com").unwrap();
        let followed = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            followed_from(&headers, &own)
        };
        assert!(followed("sec-fetch-site", "same-origin"));
        assert!(followed("referer", "https://licenses.example.com/sign-in?to=%2F"));
        assert!(followed("referer", "https://licenses.example.com"));
        assert!(!followed_from(&HeaderMap::new(), &own));
        for other in ["cross-site", "same-site", "none"] {
            assert!(!followed("sec-fetch-site", other), "{other}");
        }
        for other in [
            "https://licenses.example.com.evil.example/",
            "https://licenses.example.com:8443/",
            "https://licenses.example.com@evil.example/",
            "http://licenses.example.com/",
            "https://evil.example/https://licenses.example.com/",
            "",
        ] {
            assert!(!followed("referer", other), "{other}");
        }
        let mut both = HeaderMap::new();
        both.insert(SEC_FETCH_SITE, "cross-site".parse().unwrap());
        both.insert(REFERER, "https://licenses.example.com/".parse().unwrap());
        assert!(!followed_from(&both, &own), "Sec-Fetch-Site takes precedence");
    }

    #[test]
    fn reading_is_free() {
        let own = PublicUrl::read("https://licenses.example.com").unwrap();
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            assert!(allowed(&method, &HeaderMap::new(), &own));
        }
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            assert!(!allowed(&method, &HeaderMap::new(), &own), "{method}");
        }
    }
}
