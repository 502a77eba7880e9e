//! Papers as compact JWS (RFC 7515 §3.1), signed with the device's own Ed25519 key (RFC 8037 §3.1).
//!
//! A request brings that key along in its header, `jwk`, which RFC 8725 §3.10 warns of: there the key is not trusted, it is
//! what is enrolled, and the signature proves that the device has its private half. A release brings none: it is checked
//! with the key on record. Nothing else that a header could say is taken.

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
use crate::Service;

/// The header's `typ` of a request, so that no other JWS passes for one (RFC 8725 §3.11).
const REQUEST: &str = "latchkey-request+jwt";
/// The same, of a release.
const RELEASE: &str = "latchkey-release+jwt";
/// The member that whatever stands for the whole paper is told of.
const WHOLE: &str = "request";
/// What is wrong with a signature that does not verify.
const NOT_SIGNED: &str = "does not verify: the text was changed on its way, or was signed with another key";

/// A request that its device has signed.
#[derive(Clone, Debug)]
pub struct SignedRequest {
    /// What it asks.
    pub request: OfflineRequest,
    /// The device's key, whose private half has signed it.
    pub key: DeviceKey,
    /// Whether staff let it pass whatever its device's clock says.
    pub(super) of_any_age: bool,
}

/// A proof of release, whose signature is yet to be checked: with the key on record.
#[derive(Clone, Debug)]
pub struct SignedRelease {
    /// What it says.
    pub release: OfflineRelease,
    /// `true` if staff accepted it despite its device's clock.
    pub(super) of_any_age: bool,
    signed: String,
    signature: Vec<u8>,
}

/// What a device has signed.
#[derive(Clone, Debug)]
pub enum SignedPaper {
    /// A request, signed by the key that it brings along.
    Request(Box<SignedRequest>),
    /// A proof of release.
    Release(SignedRelease),
}

impl SignedRelease {
    /// Whether this key has signed it.
    pub(super) fn verify(&self, key: &DeviceKey) -> Result<(), Invalid> {
        let verified = verify(key, &self.signed, &self.signature);
        verified.map_err(|()| {
            Invalid::one("signature", "does not verify with the key of that device's last request, which must sign it")
        })
    }
}

impl Service {
    /// Reads what a device has signed: in its block, or bare as from a QR code. The signature of a request is good when
    /// this returns `Ok`; that of a release is checked by the act.
    ///
    /// # Errors
    /// What is wrong with it: all members at once, where it can be read at all.
    pub fn read_paper(text: &str) -> Result<SignedPaper, Invalid> {
        let Opened { block, body } = armor::open(text).map_err(|error| Invalid::one(WHOLE, error.to_string()))?;
        let whole = |message: &str| Invalid::one(WHOLE, message);
        if block == Some(Block::Response) || body.contains('~') {
            return Err(whole("is a response, which is for the device: send the device's request"));
        }
        let parts: Vec<&str> = body.split('.').collect();
        let [header, claims, signature] = parts.as_slice() else {
            return Err(whole("is cut off, or is no JWS: it must have three parts with a dot between them"));
        };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| whole("is cut off, or is not base64url"));
        let (header_json, claims_json, signature) = (decode(header)?, decode(claims)?, decode(signature)?);
        let (kind, key) = read_header(&header_json)?;
        if block.is_some_and(|block| block != kind) {
            return Err(Invalid::one("typ", format!("is that of a {kind}, and the block calls itself something else")));
        }
        let signed = format!("{header}.{claims}");
        if let Some(key) = &key {
            verify(key, &signed, &signature).map_err(|()| Invalid::one("signature", NOT_SIGNED))?;
        }
        let members = Members::read(WHOLE, &claims_json)?;
        Ok(match key {
            Some(key) => {
                let request = OfflineRequest::read(members)?;
                SignedPaper::Request(Box::new(SignedRequest { request, key, of_any_age: false }))
            }
            None => {
                let release = OfflineRelease::read(members)?;
                SignedPaper::Release(SignedRelease { release, of_any_age: false, signed, signature })
            }
        })
    }
}

/// What the header calls the paper, and the key that it brings along: there in a request, and only there.
fn read_header(json: &[u8]) -> Result<(Block, Option<DeviceKey>), Invalid> {
    let mut header = Members::read("header", json)?;
    // One algorithm under its two names (RFC 9864 §2.2): the key has but one curve.
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
        "license+jwt" => Err("is that of a license token, which asks for nothing: send the request".to_owned()),
        _ => Err(format!("must be {REQUEST} or {RELEASE}")),
    }
}

/// The public half of an Ed25519 key and nothing more: above all, no private half.
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
