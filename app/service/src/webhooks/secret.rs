//! Secrets of subscriptions, in the form of Standard Webhooks: `whsec_` and the key in base64.

use std::fmt;

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{Result, crypto::vault::random};

/// Prefix of every secret.
const PREFIX: &str = "whsec_";
/// Length of a key in bytes.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// Secret that signs the messages of a subscription.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(secret)")
    }
}

impl WebhookSecret {
    /// Generates a secret.
    pub(super) fn generate() -> Result<Self> {
        Ok(Self(random::<32>()?.to_vec()))
    }

    /// Reads the form that [`text`](Self::text) writes. The error never repeats the secret.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let key = text.trim().strip_prefix(PREFIX).and_then(|key| STANDARD.decode(key).ok());
        key.filter(|key| LENGTHS.contains(&key.len()))
            .map(Self)
            .ok_or("must be whsec_ and 24 to 64 bytes in base64, or absent for a generated one")
    }

    pub(super) const fn of_bytes(key: Vec<u8>) -> Self {
        Self(key)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret as text, to be shown once.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// Signature of a message: `v1,` and an HMAC-SHA-256 in base64.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        self.signature(&[id, ".", &timestamp.to_string(), ".", body])
    }

    /// Returns `true` if the text signs the challenge: `v1,BASE64`, the bare base64, or `{"signature": …}` with either.
    pub(super) fn is_answer(&self, challenge: &str, answer: &str) -> bool {
        let object = serde_json::from_str::<serde_json::Value>(answer).ok();
        let member = match &object {
            Some(serde_json::Value::String(text)) => Some(text.as_str()),
            Some(object) => object.get("signature").and_then(serde_json::Value::as_str),
            None => None,
        };
        let given = member.unwrap_or(answer).trim();
        let expected = self.signature(&[challenge]);
        let given = given.strip_prefix("v1,").unwrap_or(given);
        let expected = expected.strip_prefix("v1,").unwrap_or(&expected);
        verify_slices_are_equal(given.as_bytes(), expected.as_bytes()).is_ok()
    }

    fn signature(&self, parts: &[&str]) -> String {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0));
        parts.iter().for_each(|part| context.update(part.as_bytes()));
        format!("v1,{}", STANDARD.encode(context.sign().as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_in_the_specification_of_standard_webhooks() {
        // The example of the specification's reference libraries.
        let secret = WebhookSecret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_read_as_it_is_written_and_nothing_else_is() {
        let secret = WebhookSecret::generate().unwrap();
        assert_eq!(WebhookSecret::read(&secret.text()), Ok(secret));
        let short = format!("whsec_{}", STANDARD.encode([1; 23]));
        let long = format!("whsec_{}", STANDARD.encode([1; 65]));
        for bad in ["", "whsec_", "whsec_!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &short, &long] {
            assert!(WebhookSecret::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_challenge_is_answered_in_three_forms() {
        let secret = WebhookSecret::generate().unwrap();
        let signed = secret.signature(&["abc"]);
        let bare = signed.strip_prefix("v1,").unwrap();
        for answer in [
            signed.clone(),
            bare.to_owned(),
            format!("{bare}\n"),
            format!("\"{bare}\""),
            format!("{{\"signature\": \"{bare}\"}}"),
            format!("{{\"signature\": \"{signed}\"}}"),
        ] {
            assert!(secret.is_answer("abc", &answer), "{answer}");
        }
        for answer in ["", "ok", "abc", "{}", "{\"signature\": 1}", "[]", "v1,", &secret.signature(&["abd"])] {
            assert!(!secret.is_answer("abc", answer), "{answer}");
        }
    }
}
