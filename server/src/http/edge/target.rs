//! Request targets (RFC 9112 §3.2), normalized to origin form without repeated slashes.

use axum::extract::{OriginalUri, Request};
use http::{Method, Uri, uri::PathAndQuery};

/// Paths that scripts and devices call, where the URL is never shown.
const CALLED: [&str; 6] = ["/api/", "/admin/api/", "/.well-known/", "/status-lists/", "/health/", "/problems"];

/// A request target, and how it differs from what routes expect.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Can be routed unchanged.
    Plain,
    /// Is routed as this URI instead.
    Rewritten(Uri),
    /// The browser is redirected there, since the page's script reads the URL too.
    Moved(String),
    /// Cannot be routed, for this reason.
    Bad(&'static str),
}

/// Checks and normalizes the request target.
pub(super) fn read(request: &Request) -> Target {
    let uri = request.uri();
    let absolute = uri.scheme().is_some();
    if uri.path() == "*" {
        return Target::Bad("The request target * is not supported here.");
    }
    if request.method() == Method::CONNECT || !uri.path().starts_with('/') || (!absolute && uri.authority().is_some()) {
        return Target::Bad("The request target must begin with a slash, as in GET /sign-in HTTP/1.1.");
    }
    let Some(folded) = folded(uri.path()) else {
        if !absolute {
            return Target::Plain;
        }
        return origin_form(uri, uri.path());
    };
    let browses = [Method::GET, Method::HEAD].contains(request.method());
    if browses && !CALLED.iter().any(|called| folded.starts_with(called)) {
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        return Target::Moved(format!("{folded}{query}"));
    }
    origin_form(uri, &folded)
}

/// Replaces the target, including the original URI that Axum keeps.
pub(super) fn rewrite(request: &mut Request, uri: Uri) {
    request.extensions_mut().insert(OriginalUri(uri.clone()));
    *request.uri_mut() = uri;
}

fn origin_form(uri: &Uri, path: &str) -> Target {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    match format!("{path}{query}").parse::<PathAndQuery>() {
        Ok(target) => Target::Rewritten(Uri::from(target)),
        Err(_) => Target::Bad("The request target cannot be read."),
    }
}

/// Returns the path with repeated slashes folded into one, or `None` if there are none.
fn folded(path: &str) -> Option<String> {
    if !path.contains("//") {
        return None;
    }
    let mut folded = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !folded.ends_with('/') {
            folded.push(c);
        }
    }
    Some(folded)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use axum::body::Body;

    use super::*;

    fn target(method: &str, uri: &str) -> Target {
        read(&Request::builder().method(method).uri(uri).body(Body::empty()).unwrap())
    }

    #[test]
    fn targets_without_a_path_are_not_routed() {
        for (method, uri) in [("GET", "fischer"), ("GET", "fischer:80"), ("OPTIONS", "*"), ("CONNECT", "fischer:443")] {
            assert!(matches!(target(method, uri), Target::Bad(_)), "{method} {uri}");
        }
    }

    #[test]
    fn an_absolute_target_is_routed_by_its_path() {
        for uri in ["http://licenses.example.com/api?x=1", "http://licenses.example.com//api?x=1"] {
            assert_eq!(target("POST", uri), Target::Rewritten("/api?x=1".parse().unwrap()), "{uri}");
        }
        assert_eq!(target("GET", "http://licenses.example.com"), Target::Rewritten("/".parse().unwrap()));
    }

    #[test]
    fn repeated_slashes_are_folded_and_browsers_are_told_so() {
        assert_eq!(target("POST", "//api///v1//x?a=//b"), Target::Rewritten("/api/v1/x?a=//b".parse().unwrap()));
        assert_eq!(target("GET", "/health//live"), Target::Rewritten("/health/live".parse().unwrap()));
        assert_eq!(target("GET", "//evil.example/x?y"), Target::Moved("/evil.example/x?y".to_owned()));
        assert_eq!(target("GET", "/licenses?q=//"), Target::Plain);
    }
}
