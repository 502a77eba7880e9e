//! Media type of problem documents.

use axum::http::{HeaderMap, header::ACCEPT};

pub(super) const PROBLEM: &str = "application/problem+json";
pub(super) const JSON: &str = "application/json";

/// Returns `application/problem+json`, unless the client accepts `application/json` but not that (RFC 9110 §12.5.1).
pub(crate) fn content_type(headers: &HeaderMap) -> &'static str {
    let accepted = ranges(headers);
    let takes = |wanted: &[&str]| accepted.iter().any(|range| wanted.contains(&range.as_str()));
    if takes(&[JSON]) && !takes(&[PROBLEM, "application/*", "*/*"]) { JSON } else { PROBLEM }
}

/// Returns `true` if the client accepts this media type. A client without `Accept` accepts any.
pub(crate) fn takes(headers: &HeaderMap, kind: &str) -> bool {
    !headers.contains_key(ACCEPT)
        || ranges(headers).iter().any(|range| range == kind || range == "application/*" || range == "*/*")
}

fn ranges(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(accepted).collect()
}

/// Returns the media range, or `None` if it is refused with `q=0`.
fn accepted(one: &str) -> Option<String> {
    let mut parts = one.split(';').map(str::trim);
    let range = parts.next()?.to_ascii_lowercase();
    let refused = |part: &str| {
        let weight = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
        weight.is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q == 0.0))
    };
    (!parts.any(refused)).then_some(range)
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
