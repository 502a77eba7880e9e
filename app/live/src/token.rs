//! Recognizes tokens, which are as good as passwords, in typed text.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// Returns `true` if a word of the text begins like a JWT (RFC 7515 §7.1: its header is JSON in base64url) or like one
/// of our API tokens. The beginning of a truncated token is enough.
pub fn holds_token(text: &str) -> bool {
    text.split(|c| !in_token(c)).any(|word| word.len() >= 20 && (word.starts_with("eyJ") || word.starts_with("lk_")))
}

/// The claims of the first JWT in the text, read without verifying it. `None` if it has none, or only a part of one.
pub fn claims(text: &str) -> Option<Map<String, Value>> {
    text.split(|c| !in_token(c)).filter(|word| word.starts_with("eyJ")).find_map(|word| {
        let payload = word.split('.').nth(1)?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    })
}

fn in_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::{claims, holds_token};

    #[test]
    fn claims_are_read_from_a_whole_token_only() {
        let token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJabyDDqyJ9.c2lnbmF0dXJl";
        for text in [token, &format!("Bearer {token}"), &format!("\"{token}\"")] {
            assert_eq!(claims(text).unwrap()["sub"], "Zo ë", "{text}");
        }
        for text in
            ["", "eyJhbGciOiJFUzI1NiJ9", "eyJhbGciOiJFUzI1NiJ9.%%.x", "lk_019ab2c4000070008000000000000000_c2VjcmV0"]
        {
            assert!(claims(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_token_is_told_from_what_people_look_for() {
        for token in [
            "eyJhbGciOiJFUzI1NiIsInR5cCI6ImxpY2Vuc2Urand0In0.eyJpc3MiOiJodHRwczovL2EifQ.c2lnbmF0dXJl",
            "\"eyJhbGciOiJFUzI1NiIsInR5cCI6ImxpY2Vuc2Urand0In0.eyJpc3MiOi",
            "Authorization: Bearer eyJhbGciOiJFUzI1NiIsInR5cCI6Imp3dCJ9.e30.",
            "lk_019ab2c4000070008000000000000000_c2VjcmV0",
        ] {
            assert!(holds_token(token), "{token}");
        }
        for text in
            ["", "eyJ", "Aurora Sound Studio", "lk_office", "7K3QD9X-W2MZ0HV-8R4JTC6-PY1E5GB", "i…@acme.example"]
        {
            assert!(!holds_token(text), "{text}");
        }
    }
}
