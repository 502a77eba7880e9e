//! Offline requests in the form that the desk receives.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use store::offline::{OfflineFile, OfflineFileKind};
use uuid::Uuid;

use crate::{Activated, Actor, Error, Result, crypto::vault::sha256};

/// A device's public key: Ed25519 (RFC 8032 §5.1.5). Written in base64url, as in the member `x` of a JWK (RFC 8037 §2).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DeviceKey(pub(super) [u8; 32]);

/// An offline request, as the desk sees it.
#[derive(Clone, Debug)]
pub(crate) struct Presented {
    pub(crate) key: DeviceKey,
    pub(crate) hash: [u8; 32],
    /// The actor who submitted it; `None` if it came through the public API.
    pub(crate) by: Option<Actor>,
    pub(crate) product: String,
    /// The license that staff chose, if any.
    pub(crate) license: Option<Uuid>,
    pub(super) made_at: DateTime<Utc>,
    pub(super) id: Uuid,
}

impl DeviceKey {
    /// Reads the member `x` of a JWK.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("must contain the member x: 32 bytes of an Ed25519 key in base64url")
    }

    /// The hash by which an offline request or release signed with this key is found.
    pub(super) fn paper_hash(&self, nonce: &str) -> [u8; 32] {
        sha256(&[&self.0, nonce.as_bytes()].concat())
    }
}

impl fmt::Display for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({self})")
    }
}

impl Presented {
    /// Returns the record of the request's use, once it is granted.
    pub(crate) fn used(&self, granted: &Activated) -> Result<OfflineFile> {
        Ok(OfflineFile {
            paper_hash: self.hash.to_vec(),
            id: self.id,
            kind: OfflineFileKind::Request,
            license_id: granted.license_id,
            activation_id: granted.session_id,
            device_key: self.key.0.to_vec(),
            made_at: self.made_at,
            used_at: granted.at,
            granted: Some(serde_json::to_value(granted).map_err(Error::defect)?),
        })
    }
}
