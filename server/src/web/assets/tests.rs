use axum::body::to_bytes;

use super::*;

/// A small bundle, in which a "compressed" file contains the name of its coding.
#[derive(Embed)]
#[folder = "tests/site"]
struct Fixture;

const CSS: &str = "/pkg/0123456789abcdef/latchkey.css";
const JS: &str = "/pkg/0123456789abcdef/latchkey.js";

fn get(path: &str, headers: &[(HeaderName, &str)]) -> Option<Response> {
    let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect();
    answer_from::<Fixture>(&Method::GET, path, &headers)
}

fn header(answer: &Response, name: HeaderName) -> Option<&str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

async fn content(answer: Response) -> String {
    String::from_utf8(to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn a_client_gets_the_best_coding_that_it_accepts() {
    for (accepted, coding, text) in [
        ("gzip, deflate, br, zstd", Some("br"), "brotli\n"),
        ("GZIP", Some("gzip"), "gzip\n"),
        ("br;q=0, gzip;q=0.5", Some("gzip"), "gzip\n"),
        ("br; Q=0.0, gzip ;q=0", None, "a { color: red }\n"),
        ("identity", None, "a { color: red }\n"),
    ] {
        let answer = get(CSS, &[(ACCEPT_ENCODING, accepted)]).unwrap();
        assert_eq!(header(&answer, CONTENT_ENCODING), coding, "{accepted}");
        assert_eq!(header(&answer, CONTENT_TYPE), Some("text/css; charset=utf-8"));
        assert_eq!(header(&answer, VARY), Some("accept-encoding"));
        assert_eq!(content(answer).await, text, "{accepted}");
    }
}

#[tokio::test]
async fn a_file_that_was_not_compressed_is_sent_as_it_is() {
    let answer = get("/favicon.svg", &[(ACCEPT_ENCODING, "br, gzip")]).unwrap();
    assert_eq!(header(&answer, CONTENT_ENCODING), None);
    assert!(content(answer).await.starts_with("<svg"));
    let answer = get(JS, &[(ACCEPT_ENCODING, "br, gzip")]).unwrap();
    assert_eq!(header(&answer, CONTENT_ENCODING), Some("gzip"));
}

#[test]
fn files_named_by_their_content_may_be_cached_permanently() {
    let answer = get(CSS, &[]).unwrap();
    assert_eq!(header(&answer, CACHE_CONTROL), Some("public, max-age=31536000, immutable"));
    let answer = get("/favicon.svg", &[]).unwrap();
    assert_eq!(header(&answer, CACHE_CONTROL), Some("no-cache"));
}

#[tokio::test]
async fn a_client_that_has_the_file_gets_not_modified() {
    let tag = header(&get(CSS, &[]).unwrap(), ETAG).unwrap().to_owned();
    for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
        let answer = get(CSS, &[(IF_NONE_MATCH, &known)]).unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(header(&answer, ETAG), Some(tag.as_str()));
        assert_eq!(content(answer).await, "");
    }
}

#[test]
fn each_coding_has_its_own_tag() {
    let plain = get(CSS, &[]).unwrap();
    let tag = header(&plain, ETAG).unwrap();
    let answer = get(CSS, &[(ACCEPT_ENCODING, "br"), (IF_NONE_MATCH, tag)]).unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[test]
fn only_get_and_head_are_allowed() {
    let answer = answer_from::<Fixture>(&Method::POST, CSS, &HeaderMap::new()).unwrap();
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(header(&answer, ALLOW), Some("GET, HEAD"));
    let answer = answer_from::<Fixture>(&Method::HEAD, CSS, &HeaderMap::new()).unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[test]
fn an_unknown_path_has_no_answer() {
    for path in
        ["/", "", "/pkg.txt", "/pkg/", "/pkg/0123456789abcdef", "/nothing.js", "/../Cargo.toml", "//favicon.svg"]
    {
        assert!(get(path, &[]).is_none(), "{path}");
    }
}

#[test]
fn a_missing_web_build_is_reported_in_a_sentence() {
    #[derive(Embed)]
    #[folder = "tests/no-such-site"]
    #[allow_missing = true]
    struct Nothing;

    assert!(pkg_dir_of::<Nothing>().unwrap_err().to_string().contains("make web"));
    assert_eq!(pkg_dir_of::<Fixture>().unwrap(), "pkg/0123456789abcdef");
}
