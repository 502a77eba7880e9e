//! Media type of problem documents.

use axum::http::{HeaderMap, header::ACCEPT};

use crate::http::accept::accepted;

pub(super) const PROBLEM: &str = "application/problem+json";
pub(super) const JSON: &str = "application/json";

/// Returns `application/problem+json`, unless the client accepts `application/json` but not that (RFC 9110 §12.5.1).
pub(crate) fn content_type(headers: &HeaderMap) -> &'static str {
    let takes = |wanted: &[&str]| accepted(headers, ACCEPT).any(|range| wanted.contains(&range.as_str()));
    if takes(&[JSON]) && !takes(&[PROBLEM, "application/*", "*/*"]) { JSON } else { PROBLEM }
}

/// Returns `true` if the client accepts this media type. A client without `Accept` accepts any.
pub(crate) fn takes(headers: &HeaderMap, kind: &str) -> bool {
    !headers.contains_key(ACCEPT)
        || accepted(headers, ACCEPT).any(|range| range == kind || range == "application/*" || range == "*/*")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::ACCEPT};

    use super::{JSON, PROBLEM, content_type};

    #[test]
    fn a_problem_goes_under_the_type_that_the_client_takes() {
        for (accept, expected) in [
            ("", PROBLEM),
            ("*/*", PROBLEM),
            ("text/html", PROBLEM),
            ("application/json", JSON),
            ("Application/JSON; charset=utf-8", JSON),
            ("text/plain, application/json, text/json", JSON),
            ("application/json, */*;q=0.1", PROBLEM),
            ("application/json, */*;q=0", JSON),
            ("application/json, application/problem+json", PROBLEM),
            ("application/*", PROBLEM),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(content_type(&headers), expected, "{accept}");
        }
        assert_eq!(content_type(&HeaderMap::new()), PROBLEM);
    }
}
