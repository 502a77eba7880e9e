//! Recognizes tokens, which are as good as passwords, in typed text.

/// Returns `true` if a word of the text begins like a JWT (RFC 7515 §7.1: its header is JSON in base64url) or like one
/// of our API tokens. The beginning of a truncated token is enough.
pub fn holds_token(text: &str) -> bool {
    let in_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.split(|c| !in_token(c)).any(|word| word.len() >= 20 && (word.starts_with("eyJ") || word.starts_with("lk_")))
}

#[cfg(test)]
mod tests {
    use super::holds_token;

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
