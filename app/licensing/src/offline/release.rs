//! Proof that a device has deleted its token.

use chrono::{DateTime, Utc};

use super::members::{Members, nonce, product};
use crate::Invalid;

/// Release of a seat by a device without a network, without its signature:
///
/// | member | holds |
/// |---|---|
/// | `aud` | the product's code |
/// | `sid` | the session's id, the claim `sid` of the token that was deleted |
/// | `jti` | a nonce, another than the request's |
/// | `iat` | when it was made, in seconds since 1970, by the device's clock |
/// | `tokenDeleted` | `true` |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflineRelease {
    /// Code of the product.
    pub product: String,
    /// Session id, in the text form of a UUID.
    pub session: String,
    /// Nonce that distinguishes this proof from every other of the device.
    pub nonce: String,
    /// Time at which it was made, by the device's clock.
    pub made_at: DateTime<Utc>,
}

impl OfflineRelease {
    /// Reads the members.
    ///
    /// # Errors
    /// Returns every invalid member.
    pub fn read(mut members: Members) -> Result<Self, Invalid> {
        let product = members.required("aud", product);
        let session = members.required("sid", session);
        let nonce = members.required("jti", nonce);
        let made_at = members.moment("iat");
        members.affirmed("tokenDeleted", "must be true: delete the token on the device first");
        let made = (|| Some(Self { product: product?, session: session?, nonce: nonce?, made_at: made_at? }))();
        members.finish(made)
    }
}

/// Reads a session id: 36 hexadecimal digits and dashes (RFC 9562 §4).
fn session(text: &str) -> Result<String, &'static str> {
    let dashes = [8, 13, 18, 23];
    let good = text.len() == 36
        && text.bytes().enumerate().all(|(n, b)| if dashes.contains(&n) { b == b'-' } else { b.is_ascii_hexdigit() });
    if good { Ok(text.to_ascii_lowercase()) } else { Err("must be the session's id, the claim sid of its token") }
}
