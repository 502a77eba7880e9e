//! Offline requests and releases as compact JWS (RFC 7515 §3.1), signed with the device's own Ed25519 key (RFC 8037
//! §3.1).
//!
//! A request contains that key in its header, as `jwk`. RFC 8725 §3.10 warns against this, but here the key is not
//! trusted: it is being enrolled, and the signature proves that the device has the private half. A release contains no
//! key; it is verified with the key on record. All other header members are refused.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::{
    Invalid,
    offline::{
        Members, OfflineRelease, OfflineRequest,
        armor::{self, Block, Opened},
    },
};

use super::DeviceKey;

/// The header's `typ` of a request, so that no other JWS can be used as one (RFC 8725 §3.11).
const REQUEST: &str = "latchkey-request+jwt";
/// The header's `typ` of a release.
const RELEASE: &str = "latchkey-release+jwt";
/// The field for errors that concern the whole file.
const WHOLE: &str = "request";
/// The error for a signature that does not verify.
const NOT_SIGNED: &str = "does not verify: the text was changed in transit, or was signed with another key";

/// An offline request with a valid signature.
#[derive(Clone, Debug)]
pub struct SignedRequest {
    /// The request itself.
    pub request: OfflineRequest,
    /// The device's key, which signed it.
    pub key: DeviceKey,
    /// `true` if staff accepted it despite its device's clock.
    pub(super) of_any_age: bool,
}

/// An offline release whose signature is not verified yet; that needs the key on record.
#[derive(Clone, Debug)]
pub struct SignedRelease {
    /// The release itself.
    pub release: OfflineRelease,
    /// `true` if staff accepted it despite its device's clock.
    pub(super) of_any_age: bool,
    signed: String,
    signature: Vec<u8>,
}

/// A file that a device signed.
#[derive(Clone, Debug)]
pub enum SignedOfflineFile {
    /// A request, signed with the key that it contains.
    Request(Box<SignedRequest>),
    /// An offline release.
    Release(SignedRelease),
}

impl SignedRelease {
    /// Checks that this key signed the release.
    pub(super) fn verify(&self, key: &DeviceKey) -> Result<(), Invalid> {
        let verified = verify(key, &self.signed, &self.signature);
        verified.map_err(|()| {
            Invalid::one("signature", "does not verify with the key of the device's last request, which must sign it")
        })
    }
}

impl SignedOfflineFile {
    /// Reads a signed file, either in its text block or bare, as from a QR code. When this returns `Ok`, the signature
    /// of a request is verified; that of a release is verified by [`release_offline`](crate::Offline::release_offline).
    ///
    /// # Errors
    /// All faults at once, by member, if the file can be decoded at all.
    pub fn read(text: &str) -> Result<Self, Invalid> {
        let Opened { block, body } = armor::open(text).map_err(|error| Invalid::one(WHOLE, error.to_string()))?;
        let whole = |message: &str| Invalid::one(WHOLE, message);
        if block == Some(Block::Response) || body.contains('~') {
            return Err(whole("is a response, which belongs on the device: send the device's request"));
        }
        let parts: Vec<&str> = body.split('.').collect();
        let [header, claims, signature] = parts.as_slice() else {
            return Err(whole("is cut off, or is not a JWS: it must have three parts separated by dots"));
        };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| whole("is cut off, or is not base64url"));
        let (header_json, claims_json, signature) = (decode(header)?, decode(claims)?, decode(signature)?);
        let (kind, key) = read_header(&header_json)?;
        if block.is_some_and(|block| block != kind) {
            return Err(Invalid::one(
                "typ",
                format!("is that of a {kind}, but the block is labeled as something else"),
            ));
        }
        let signed = format!("{header}.{claims}");
        if let Some(key) = &key {
            verify(key, &signed, &signature).map_err(|()| Invalid::one("signature", NOT_SIGNED))?;
        }
        let members = Members::read(WHOLE, &claims_json)?;
        Ok(match key {
            Some(key) => {
                let request = OfflineRequest::read(members)?;
                Self::Request(Box::new(SignedRequest { request, key, of_any_age: false }))
            }
            None => {
                let release = OfflineRelease::read(members)?;
                Self::Release(SignedRelease { release, of_any_age: false, signed, signature })
            }
        })
    }
}

/// Reads the header: the kind of file, and the key, which must be present in a request and absent otherwise.
fn read_header(json: &[u8]) -> Result<(Block, Option<DeviceKey>), Invalid> {
    let mut header = Members::read("header", json)?;
    // Both are names of the same algorithm here (RFC 9864 §2.2), since the key can only be on this curve.
    header.required("alg", |alg| if matches!(alg, "EdDSA" | "Ed25519") { Ok(()) } else { Err("must be EdDSA") });
    let kind = header.required("typ", kind);
    let key = match kind {
        Some(Block::Request) => header.object("jwk").map(read_key).transpose()?,
        Some(Block::Release | Block::Response) | None => None,
    };
    let made = match kind {
        Some(Block::Request) => key.map(|key| (Block::Request, Some(key))),
        Some(other) => Some((other, None)),
        None => None,
    };
    header.finish(made)
}

fn kind(typ: &str) -> Result<Block, String> {
    match typ {
        REQUEST => Ok(Block::Request),
        RELEASE => Ok(Block::Release),
        "license+jwt" => Err("is that of a license token: send the request instead".to_owned()),
        _ => Err(format!("must be {REQUEST} or {RELEASE}")),
    }
}

/// Reads the public half of an Ed25519 key. Other members are refused, above all a private half.
fn read_key(mut jwk: Members) -> Result<DeviceKey, Invalid> {
    let is = |wanted: &'static str| {
        move |found: &str| if found == wanted { Ok(()) } else { Err(format!("must be {wanted}")) }
    };
    let (kty, crv) = (jwk.required("kty", is("OKP")), jwk.required("crv", is("Ed25519")));
    let key = jwk.required("x", DeviceKey::read);
    jwk.finish(kty.and(crv).and(key))
}

fn verify(key: &DeviceKey, signed: &str, signature: &[u8]) -> Result<(), ()> {
    UnparsedPublicKey::new(&ED25519, key.0).verify(signed.as_bytes(), signature).map_err(drop)
}
