//! Repeatable calls (draft-ietf-httpapi-idempotency-key-header): a call with an `Idempotency-Key` is done once, however
//! often it is sent. Every repeat within a day gets the outcome of the first, unless that changed nothing and came beyond
//! the license's budget for such calls.
//!
//! | a call with a key | is answered |
//! |---|---|
//! | that is new | as without a key; the outcome is stored in the same transaction |
//! | that was used for the same request | with the stored outcome: the same claims, in a newly signed token |
//! | that was used for a different request | with [`OtherBody`](CallFault::OtherBody) |
//! | whose first call is still in progress on this instance | with [`InFlight`](CallFault::InFlight) |
//!
//! A code that has ended is answered like an unknown one, before its key is looked at.
//!
//! Only the outcomes of successful calls are stored. A call that was refused or failed changed nothing, so a repeat is
//! decided anew: a user who has freed a seat can send the same call again. A repeat returns a token only if the session
//! could be renewed and still holds its seat; otherwise it is refused. Another instance that receives the call waits
//! for the license's lock and then finds the outcome.

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{Invalid, Span};
use serde::{Serialize, de::DeserializeOwned};
use sfv::{Item, Parser};
use store::{Connection, kept_calls::KeptCall};

use super::call_fault::CallFault;
use crate::{Error, Result};

/// Name of the header that carries the key.
pub const HEADER: &str = "Idempotency-Key";
/// Maximum length of a key, in characters.
const LONGEST: usize = 255;
/// Time for which the outcome of a call is kept.
const KEPT: Span = Span::hours(24);
/// Extra time for which used tickets are kept after their expiry, in case a clock was wrong.
pub(crate) const TICKETS_KEPT: TimeDelta = TimeDelta::days(1);

/// The key of a call, bound to the endpoint that received the call.
#[derive(Clone, PartialEq, Eq)]
pub struct CallKey {
    pub(super) endpoint: String,
    pub(super) key: String,
}

/// A call that is done once: HMACs of its key and of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Once {
    pub(crate) key: [u8; 32],
    pub(crate) body: [u8; 32],
}

/// The keys of the calls in progress on this instance.
#[derive(Clone, Debug, Default)]
pub(crate) struct InFlight(Arc<Mutex<HashSet<[u8; 32]>>>);

/// A call in progress. Dropping it frees the key for another call.
#[derive(Debug)]
pub(crate) struct Flying {
    key: [u8; 32],
    among: InFlight,
}

impl CallKey {
    /// Reads the header's value: 1 to 255 visible ASCII characters, either as a string (RFC 8941 §3.3.3, `"8e03978e"`)
    /// or as bare text, which means the same.
    ///
    /// # Errors
    /// `Invalid` with the header's name as the field.
    pub fn read(endpoint: impl Into<String>, value: &[u8]) -> Result<Self, Invalid> {
        let wrong = |message: &str| Invalid::one(HEADER, message);
        let visible =
            str::from_utf8(value.trim_ascii()).ok().filter(|value| value.bytes().all(|b| b.is_ascii_graphic()));
        let value = visible.ok_or_else(|| {
            wrong("may contain only visible ASCII characters: letters, digits and punctuation, no spaces")
        })?;
        let key = if value.starts_with('"') { unquoted(value) } else { Some(value.to_owned()) };
        let key =
            key.ok_or_else(|| wrong("is not a valid quoted string: the closing quote is missing, or text follows it"))?;
        if key.is_empty() || key.len() > LONGEST {
            return Err(wrong("must have 1 to 255 characters"));
        }
        Ok(Self { endpoint: endpoint.into(), key })
    }
}

/// Reads a string without parameters. `None` if it is malformed.
fn unquoted(text: &str) -> Option<String> {
    let item: Item = Parser::new(text).parse().ok()?;
    item.bare_item.as_string().filter(|_| item.params.is_empty()).map(|key| key.as_str().to_owned())
}

/// Leaves the key out of the log: clients may build it from something secret.
impl fmt::Debug for CallKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallKey({})", self.endpoint)
    }
}

impl Once {
    /// Returns the row to store for the call.
    pub(crate) fn kept(&self, outcome: &impl Serialize, now: DateTime<Utc>) -> Result<KeptCall> {
        Ok(KeptCall {
            key_hash: self.key.to_vec(),
            body_hash: self.body.to_vec(),
            outcome: serde_json::to_value(outcome).map_err(Error::defect)?,
            kept_until: KEPT.after(now),
        })
    }

    /// Returns the stored outcome of the call.
    ///
    /// # Errors
    /// `OtherBody` if the stored call was a different request.
    pub(crate) fn repeat<T: DeserializeOwned>(&self, kept: &KeptCall) -> Result<T> {
        if kept.body_hash != self.body {
            return Err(CallFault::OtherBody.into());
        }
        serde_json::from_value(kept.outcome.clone()).map_err(Error::defect)
    }

    /// Returns the stored outcome, or `None` if the call has not been done.
    ///
    /// # Errors
    /// As for [`repeat`](Self::repeat).
    pub(crate) async fn done<T: DeserializeOwned>(
        &self,
        on: &mut Connection<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<T>> {
        on.kept_calls(&[self.key], now).await?.first().map(|kept| self.repeat(kept)).transpose()
    }
}

impl InFlight {
    pub(super) fn enter(&self, key: [u8; 32]) -> Result<Flying> {
        if !self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key) {
            return Err(CallFault::InFlight.into());
        }
        Ok(Flying { key, among: self.clone() })
    }
}

impl Drop for Flying {
    fn drop(&mut self) {
        self.among.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<String, Invalid> {
        CallKey::read("POST /", value.as_bytes()).map(|read| read.key)
    }

    #[test]
    fn a_key_is_a_string_or_a_bare_text() {
        for (value, key) in [
            ("8e03978e-40d5", "8e03978e-40d5"),
            ("\"8e03978e-40d5\"", "8e03978e-40d5"),
            ("  \"a\" ", "a"),
            (r#""a\"b\\c""#, r#"a"b\c"#),
            (r"a\b", r"a\b"),
            ("a\"", "a\""),
        ] {
            assert_eq!(read(value).unwrap(), key, "{value}");
        }
        assert_eq!(read(&"k".repeat(255)).unwrap().len(), 255);
        assert_eq!(read(&format!("\"{}\"", "k".repeat(255))).unwrap().len(), 255);
    }

    #[test]
    fn whatever_else_is_no_key() {
        let long = "k".repeat(256);
        for bad in
            ["", "   ", "\"\"", "\"", "\"a", "\"a\"b", "\"a\";q=1", r#""\a""#, r#""a\"#, "a b", "\"a b\"", "é", &long]
        {
            let invalid = read(bad).unwrap_err();
            assert_eq!(invalid.0[0].field, "Idempotency-Key", "{bad}");
        }
        assert!(CallKey::read("POST /", b"\xff").is_err());
        assert!(CallKey::read("POST /", b"a\tb").is_err());
    }

    #[test]
    fn a_call_is_in_flight_until_it_is_dropped() {
        let calls = InFlight::default();
        let first = calls.enter([1; 32]).unwrap();
        assert!(matches!(calls.enter([1; 32]), Err(Error::Call(CallFault::InFlight))));
        let other = calls.enter([2; 32]).unwrap();
        drop((first, other));
        calls.enter([1; 32]).unwrap();
    }

    #[test]
    fn nobody_reads_a_key_in_the_log() {
        assert_eq!(format!("{:?}", CallKey::read("POST /", b"secret").unwrap()), "CallKey(POST /)");
    }
}
