//! Calls that can be repeated (draft-ietf-httpapi-idempotency-key-header): one with an `Idempotency-Key` is done once,
//! however often it is sent, and every repeat within a day is told what the first one came to.
//!
//! | a call under a key | is answered |
//! |---|---|
//! | that nobody used | as without one; what it came to is kept in the same transaction |
//! | that did the same before | what it came to then, with the same claims in a token that is signed anew |
//! | that asked for something else then | [`OtherBody`](CallFault::OtherBody) |
//! | under which the first one is not answered yet, by this instance | [`InFlight`](CallFault::InFlight) |
//!
//! A code that has ended is answered like an unknown one, before its key is looked at.
//!
//! Nothing but what was done is kept. A call that was refused or failed changed nothing: its repeat is decided afresh, so
//! that the user who has freed a seat sends the same call again. A repeat gives a token out only where the session could be
//! renewed and still holds its seat; otherwise it is refused. Another instance that has the call waits for the license's
//! lock, and then finds what it came to.

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{Invalid, Span};
use serde::{Serialize, de::DeserializeOwned};
use store::{Connection, kept_calls::KeptCall};

use crate::{Error, Result, Service};

/// The header that a key comes in.
pub const HEADER: &str = "Idempotency-Key";
/// The longest key, in characters.
const LONGEST: usize = 255;
/// How long it is kept what a call came to.
const KEPT: Span = Span::hours(24);
/// How much longer used tickets are kept than they are good, should a clock have been wrong.
const TICKETS_KEPT: TimeDelta = TimeDelta::days(1);

/// The key of a call, bound to the endpoint that it was sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct CallKey {
    endpoint: String,
    key: String,
}

/// Why a call is not done now, whatever the rules say. Each is a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallFault {
    /// One under the same key is not answered yet.
    #[error("This call is being answered already, under the same Idempotency-Key: send it again in a second.")]
    InFlight,
    /// The key was used for something else.
    #[error(
        "Something else was asked under this Idempotency-Key: take a new key for a new request, and the old one to repeat the old."
    )]
    OtherBody,
    /// The release ticket was used.
    #[error(
        "This release ticket was used already, and is good once: activate again, and use the new one if it is full."
    )]
    TicketUsed,
    /// The ticket is for another license.
    #[error("This device belongs to another license than the release ticket: choose one that is listed with it.")]
    ForeignSession,
}

/// A call that is done once, by what it is found by and what it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Once {
    pub(crate) key: [u8; 32],
    pub(crate) body: [u8; 32],
}

/// The calls under keys that this instance is about to answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct InFlight(Arc<Mutex<HashSet<[u8; 32]>>>);

/// A call on its way. When it is dropped, its key may come again.
#[derive(Debug)]
pub(crate) struct Flying {
    key: [u8; 32],
    among: InFlight,
}

impl CallKey {
    /// Reads the header's value: a string as RFC 8941 §3.3.3 has it, `"8e03978e"`, or the bare text, which means the same. 1
    /// to 255 visible ASCII characters.
    ///
    /// # Errors
    /// `Invalid` with the header's name as the field.
    pub fn read(endpoint: impl Into<String>, value: &[u8]) -> Result<Self, Invalid> {
        let wrong = |message: &str| Invalid::one(HEADER, message);
        let value = value.trim_ascii();
        let key = match value.strip_prefix(b"\"") {
            Some(quoted) => unquoted(quoted).ok_or_else(|| wrong("is a string that is not closed, or goes on"))?,
            None => value.to_vec(),
        };
        if key.is_empty() || key.len() > LONGEST {
            return Err(wrong("must have 1 to 255 characters"));
        }
        match String::from_utf8(key) {
            Ok(key) if key.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Self { endpoint: endpoint.into(), key }),
            Ok(_) | Err(_) => Err(wrong("takes visible ASCII characters alone: letters, digits and signs, no spaces")),
        }
    }
}

/// What stands in a string whose first quote was read.
fn unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut read = vec![];
    let mut bytes = text.iter();
    loop {
        match bytes.next()? {
            b'"' => return bytes.next().is_none().then_some(read),
            b'\\' => read.push(*bytes.next().filter(|byte| matches!(byte, b'"' | b'\\'))?),
            byte => read.push(*byte),
        }
    }
}

/// A key may be made of something that somebody knows: it is kept out of the log.
impl fmt::Debug for CallKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallKey({})", self.endpoint)
    }
}

impl Once {
    /// What is to be kept of the call.
    pub(crate) fn kept(&self, outcome: &impl Serialize, now: DateTime<Utc>) -> Result<KeptCall> {
        Ok(KeptCall {
            key_hash: self.key.to_vec(),
            body_hash: self.body.to_vec(),
            outcome: serde_json::to_value(outcome).map_err(Error::defect)?,
            kept_until: KEPT.after(now),
        })
    }

    /// What the call came to, as it was kept.
    ///
    /// # Errors
    /// `OtherBody` where it asked for something else.
    pub(crate) fn repeat<T: DeserializeOwned>(&self, kept: &KeptCall) -> Result<T> {
        if kept.body_hash != self.body {
            return Err(CallFault::OtherBody.into());
        }
        serde_json::from_value(kept.outcome.clone()).map_err(Error::defect)
    }

    /// What the call came to before, if it did.
    ///
    /// # Errors
    /// `OtherBody`.
    pub(crate) async fn done<T: DeserializeOwned>(
        &self,
        on: &mut Connection<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<T>> {
        on.kept_calls(&[self.key], now).await?.first().map(|kept| self.repeat(kept)).transpose()
    }
}

impl InFlight {
    fn enter(&self, key: [u8; 32]) -> Result<Flying> {
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

impl Service {
    /// The call of this key, which is bound to `bound_to` as well, and asks for `body`. On its way until the second half of
    /// what is given is dropped.
    ///
    /// # Errors
    /// `InFlight`.
    pub(crate) fn begin_call(
        &self,
        key: Option<&CallKey>,
        bound_to: &[u8],
        body: &impl Serialize,
    ) -> Result<Option<(Once, Flying)>> {
        let Some(CallKey { endpoint, key }) = key else { return Ok(None) };
        let body = serde_json::to_vec(body).map_err(Error::defect)?;
        let once = Once {
            key: self.0.vault.call_hmac(&[endpoint.as_bytes(), bound_to, key.as_bytes()]),
            body: self.0.vault.call_hmac(&[&body]),
        };
        Ok(Some((once, self.0.in_flight.enter(once.key)?)))
    }

    /// Forgets calls that are kept no more, and tickets that have expired; how many there were.
    pub async fn sweep_calls(&self) -> Result<u64> {
        let mut tx = self.store().begin().await?;
        let now = self.clock().now();
        let swept = tx.forget_calls(now).await? + tx.forget_tickets(now - TICKETS_KEPT).await?;
        tx.commit().await?;
        Ok(swept)
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
